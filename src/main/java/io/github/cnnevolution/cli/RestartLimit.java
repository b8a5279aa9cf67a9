package io.github.cnnevolution.cli;

import io.github.cnnevolution.text.Text;
import java.util.Optional;

/**
 * Decides whether a process that died is started again. Crashes are limited. Kills that leave no
 * evidence of a crash are not, as long as the process had begun to train: a person may send as many
 * as they like. One that dies at once each time, for any reason, is not started for ever.
 */
final class RestartLimit {
  private static final int MOST_CRASHES = 10;
  private static final int MOST_IN_VAIN = 3;

  private int crashes;
  private int inVain;

  /**
   * Counts the end of a process.
   *
   * @param crashed whether there is evidence of a crash: a signal other than SIGKILL, an error file
   *     of the Java machine, or a kill for lack of memory
   * @param trained whether it had begun to train candidates
   * @param progress whether it has stored evaluations
   * @return why it is not started again; empty if it is
   */
  Optional<String> count(boolean crashed, boolean trained, boolean progress) {
    crashes += crashed ? 1 : 0;
    if (progress) {
      inVain = 0;
    } else if (crashed || !trained) {
      inVain++;
    }
    if (inVain >= MOST_IN_VAIN) {
      return Optional.of(Text.format("%d times without a new evaluation", inVain));
    }
    return crashes > MOST_CRASHES
        ? Optional.of(Text.format("more than %d times", MOST_CRASHES))
        : Optional.empty();
  }

  /** Describes the start that follows. */
  String next(boolean crashed) {
    return crashed ? Text.format("restart %d of %d", crashes, MOST_CRASHES) : "restart";
  }
}
