package io.github.cnnevolution.device;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The functions of the C library that the program calls. JNA requires a visible interface. */
interface LibC extends Library {
  /**
   * Returns the C library of this process.
   *
   * @throws UnsatisfiedLinkError if there is no library of that name
   */
  static LibC load() {
    return Native.load("c", LibC.class);
  }

  /** Sets one parameter of the allocator for the whole process. Returns 1 on success. */
  int mallopt(int parameter, int value);

  /**
   * Sets an environment variable of this process. Keeps an existing value if {@code overwrite} is
   * 0.
   */
  int setenv(String name, String value, int overwrite);

  /** Removes an environment variable of this process. */
  int unsetenv(String name);

  /** Returns a block of so many bytes, or null. */
  Pointer malloc(long bytes);

  /** Gives a block back. */
  void free(Pointer block);

  /**
   * Returns what the allocator has given out.
   *
   * @throws UnsatisfiedLinkError if the C library has no such function
   */
  DeviceMemory.Blocks mallinfo2();
}
