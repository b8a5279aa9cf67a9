package io.github.cnnevolution.device;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** The functions of the C library that are called; JNA needs the interface to be visible. */
interface LibC extends Library {
  /**
   * The C library of this process.
   *
   * @throws UnsatisfiedLinkError where there is none of that name
   */
  static LibC load() {
    return Native.load("c", LibC.class);
  }

  /** Sets one parameter of the allocator for the whole process; returns 1 on success. */
  int mallopt(int parameter, int value);

  /** Sets a variable of this process, unless it is there and {@code overwrite} is 0. */
  int setenv(String name, String value, int overwrite);
}
