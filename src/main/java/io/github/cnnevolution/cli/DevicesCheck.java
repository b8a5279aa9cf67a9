package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.CheckResult;
import io.github.cnnevolution.engine.DeviceCheck;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.report.CheckReport;
import io.github.cnnevolution.report.DeviceObjects;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** The option of {@code devices} that checks whether the devices compute what they should. */
final class DevicesCheck {
  private static final String NAME = "check";

  private DevicesCheck() {}

  /** Returns the option of the command line. */
  static Option option() {
    return Arguments.flag(
        NAME,
        "check each device by short trainings of a dozen networks (under two minutes); the exit code is 1 if a check fails");
  }

  /** Whether the option is given. */
  static boolean isGiven(Arguments arguments) {
    return arguments.has(NAME);
  }

  /**
   * Checks, one line a check, and a line for the verdict.
   *
   * @return the exit code
   */
  static int run(Optional<Path> cudaPath, PrintStream out) throws InterruptedException {
    LibTorch.prepare(cudaPath);
    List<CheckResult> results =
        DeviceCheck.run(
            result -> {
              out.println(CheckReport.line(result));
              out.flush();
            });
    out.println(CheckReport.verdict(results));
    return code(results);
  }

  /**
   * Checks, and adds the results to the object.
   *
   * @return the exit code
   */
  static int run(Optional<Path> cudaPath, DeviceObjects objects) throws InterruptedException {
    LibTorch.prepare(cudaPath);
    List<CheckResult> results = DeviceCheck.run(result -> {});
    objects.check(results);
    return code(results);
  }

  private static int code(List<CheckResult> results) {
    return CheckReport.passed(results) ? ExitCode.OK : ExitCode.FAILED;
  }
}
