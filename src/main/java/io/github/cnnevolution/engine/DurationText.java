package io.github.cnnevolution.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them, such as {@code 90s}, {@code 1.5h} or {@code 200ms}. */
public final class DurationText {
  /** The longest time. */
  public static final Duration MAX = Duration.ofDays(365);

  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)(ms|s|m|h|d)");
  private static final Map<String, Long> UNIT_MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private DurationText() {}

  /** Reads a time from a millisecond to {@link #MAX}; empty if the text is none. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    double millis = Double.parseDouble(matcher.group(1)) * UNIT_MILLIS.get(matcher.group(2));
    return millis >= 1 && millis <= MAX.toMillis()
        ? Optional.of(Duration.ofMillis(Math.round(millis)))
        : Optional.empty();
  }

  /** Writes a time so that {@link #parse} reads it. */
  public static String of(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
  }
}
