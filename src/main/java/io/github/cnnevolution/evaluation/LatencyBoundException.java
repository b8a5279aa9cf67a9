package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.text.Text;
import java.time.Duration;

/** A network is slower than the user allows. */
final class LatencyBoundException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A network whose forward pass of one image takes so many seconds. */
  LatencyBoundException(double seconds, Duration bound) {
    super(
        Text.format(
            "not trained: its latency of %.3f ms for one image is above the bound of %s ms",
            1e3 * seconds, milliseconds(bound)));
  }

  private static String milliseconds(Duration bound) {
    String text = Text.format("%.6f", bound.toNanos() / 1e6);
    return text.replaceFirst("\\.?0+$", "");
  }
}
