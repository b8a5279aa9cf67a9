package io.github.cnnevolution.training;

import io.github.cnnevolution.text.Text;
import java.time.Duration;

/** A training was not done in the time that it had. */
public final class TimeLimitException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TimeLimitException(Duration limit) {
    super(Text.format("took longer than %s s", seconds(limit)));
  }

  private static String seconds(Duration limit) {
    String text = String.valueOf(limit.toMillis() / 1000.0);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
