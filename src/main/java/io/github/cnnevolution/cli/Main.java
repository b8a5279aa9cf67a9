package io.github.cnnevolution.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.github.cnnevolution.report.Console;

/** Starts the program. */
public final class Main {
  private static final int STANDARD_ERROR = 2;

  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    Console console = new Console(System.in, System.out, System.err, isTerminal(STANDARD_ERROR));
    int code = new Application().run(arguments, console);
    System.out.flush();
    System.exit(code);
  }

  /** Java cannot tell whether one of its standard streams is a terminal; the C library can. */
  private static boolean isTerminal(int descriptor) {
    try {
      return Native.load("c", LibC.class).isatty(descriptor) == 1;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** The one function of the C library that is called; JNA needs the interface to be visible. */
  interface LibC extends Library {
    /** 1 if the file descriptor refers to a terminal. */
    int isatty(int descriptor);
  }
}
