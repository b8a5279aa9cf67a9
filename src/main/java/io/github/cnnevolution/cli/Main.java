package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.NativeDirectories;
import io.github.cnnevolution.report.Console;
import java.util.Optional;

/** Starts the program. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    NativeDirectories.choose();
    Utf8Restart.ifNeeded();
    StandardOutput output = new StandardOutput();
    Console console = Terminals.console(output);
    int code = new Application().run(arguments, console);
    console.out().flush();
    Optional<String> failure = output.failure();
    if (failure.isPresent()) {
      console
          .err()
          .println(Application.PROGRAM + ": cannot write to standard output: " + failure.get());
    }
    System.exit(failure.isPresent() && code == ExitCode.OK ? ExitCode.FAILED : code);
  }
}
