package io.github.cnnevolution.cli;

/** Starts the program. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    int code = new Application().run(arguments, Terminals.console());
    System.out.flush();
    System.exit(code);
  }
}
