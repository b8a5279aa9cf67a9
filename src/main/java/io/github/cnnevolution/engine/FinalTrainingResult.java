package io.github.cnnevolution.engine;

import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.TrainingRun;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of a final training.
 *
 * @param stop why it ended
 * @param run what is known of all seeds; measured on the test images if it is finished
 * @param errors why seeds are not trained, by seed; mended, they can be trained further
 * @param directory of the training
 * @param repeated whether it was over before, so that nothing was done
 */
public record FinalTrainingResult(
    Stop stop,
    TrainingRun run,
    Map<Long, String> errors,
    RunDirectory directory,
    boolean repeated) {
  /** Why a final training ended. */
  public enum Stop {
    /** All seeds are trained and measured; some may have diverged. */
    FINISHED,
    /** The thread was interrupted; each seed has its last checkpoint. */
    INTERRUPTED,
    /** Some seeds could not be trained to the end; each has its last checkpoint. */
    INCOMPLETE
  }

  /** Copies the errors. */
  public FinalTrainingResult {
    errors = new TreeMap<>(errors);
  }
}
