package io.github.cnnevolution.cli;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.List;

/**
 * Replaces this program by another one, as {@code exec} in a shell does: process id and standard
 * streams stay.
 */
final class ProgramReplacement {
  private final LibC libc;

  /**
   * Finds the C library.
   *
   * @throws LinkageError if it cannot be called
   */
  ProgramReplacement() {
    this.libc = Native.load("c", LibC.class);
  }

  /** Sets an environment variable of the new program. */
  void setEnvironment(String name, String value) {
    libc.setenv(name, value, 1);
  }

  /**
   * Starts the new program in the place of this one; returns only if that fails.
   *
   * @param arguments byte for byte, the name of the program first
   */
  void start(String program, List<byte[]> arguments) {
    libc.execv(program, pointers(arguments));
  }

  /** Returns a native array of pointers to strings, ended by a null pointer. */
  private static Memory pointers(List<byte[]> strings) {
    // Never freed: the new program replaces all memory.
    Memory array = new Memory((long) (strings.size() + 1) * Native.POINTER_SIZE);
    for (int i = 0; i < strings.size(); i++) {
      byte[] bytes = strings.get(i);
      Pointer string = new Pointer(Native.malloc(bytes.length + 1L));
      string.write(0, bytes, 0, bytes.length);
      string.setByte(bytes.length, (byte) 0);
      array.setPointer((long) i * Native.POINTER_SIZE, string);
    }
    array.setPointer((long) strings.size() * Native.POINTER_SIZE, null);
    return array;
  }

  /** The functions of the C library in use; JNA needs a visible interface. */
  interface LibC extends Library {
    /** Sets an environment variable. */
    int setenv(String name, String value, int overwrite);

    /** Replaces this program by another one; returns only on failure. */
    int execv(String path, Pointer arguments);
  }
}
