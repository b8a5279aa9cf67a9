package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.CheckResult;
import io.github.cnnevolution.text.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The results of the checks of a machine. */
public final class CheckReport {
  private CheckReport() {}

  /** Returns a result in one line. */
  public static String line(CheckResult result) {
    return Text.format(
        "%-5s  %-24s  %-7s  %5.1f s  %s",
        result.device(), result.name(), word(result), result.seconds(), result.detail());
  }

  private static String word(CheckResult result) {
    return switch (result.outcome()) {
      case PASSED -> "passed";
      case FAILED -> "FAILED";
      case SKIPPED -> "skipped";
    };
  }

  /** Returns whether no check failed. */
  public static boolean passed(List<CheckResult> results) {
    return failures(results).isEmpty();
  }

  private static List<CheckResult> failures(List<CheckResult> results) {
    return results.stream().filter(r -> r.outcome() == CheckResult.Outcome.FAILED).toList();
  }

  private static double seconds(List<CheckResult> results) {
    return results.stream().mapToDouble(CheckResult::seconds).sum();
  }

  /** Returns the verdict in one line; it names each check that failed. */
  public static String verdict(List<CheckResult> results) {
    List<CheckResult> failed = failures(results);
    if (failed.isEmpty()) {
      return Text.format("all %d checks passed in %.1f s", results.size(), seconds(results));
    }
    return Text.format(
        "%d of %d checks FAILED: %s",
        failed.size(),
        results.size(),
        failed.stream().map(r -> r.device() + " " + r.name()).collect(Collectors.joining(", ")));
  }

  /** Returns the results as JSON has them. */
  public static Map<String, Object> object(List<CheckResult> results) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("passed", passed(results));
    object.put("seconds", seconds(results));
    object.put("checks", results.stream().map(CheckReport::object).toList());
    return object;
  }

  private static Map<String, Object> object(CheckResult result) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("device", result.device());
    object.put("check", result.name());
    object.put("outcome", word(result).toLowerCase(Locale.ROOT));
    object.put("seconds", result.seconds());
    object.put("detail", result.detail());
    return object;
  }
}
