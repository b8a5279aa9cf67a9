package io.github.cnnevolution.engine;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Latencies as people write them, such as {@code 2ms}, {@code 0.5ms}, {@code 800us} or {@code 1s}.
 */
public final class LatencyText {
  /** The longest latency. */
  public static final Duration MAX = Duration.ofMinutes(10);

  private static final Duration MIN = Duration.ofNanos(1_000);
  private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)(us|ms|s)");
  private static final Map<String, Integer> DIGITS = Map.of("us", 3, "ms", 6, "s", 9);

  private LatencyText() {}

  /** Reads a latency from a microsecond to {@link #MAX}; empty if the text is none. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    BigDecimal nanos =
        new BigDecimal(matcher.group(1)).scaleByPowerOfTen(DIGITS.get(matcher.group(2)));
    Duration latency = Duration.ofNanos(nanos.longValue());
    return latency.compareTo(MIN) >= 0 && latency.compareTo(MAX) <= 0
        ? Optional.of(latency)
        : Optional.empty();
  }

  /** Writes a latency so that {@link #parse} reads it. */
  public static String of(Duration latency) {
    long nanos = latency.toNanos();
    if (nanos % 1_000_000_000 == 0) {
      return nanos / 1_000_000_000 + "s";
    }
    if (nanos % 1_000_000 == 0) {
      return nanos / 1_000_000 + "ms";
    }
    return BigDecimal.valueOf(nanos, 3).stripTrailingZeros().toPlainString() + "us";
  }
}
