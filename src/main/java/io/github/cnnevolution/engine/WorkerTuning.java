package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.space.PlainSpace;
import java.util.function.UnaryOperator;

/** Measures how many workers a GPU should have, and remembers it for the runs that follow. */
public final class WorkerTuning {
  private WorkerTuning() {}

  /**
   * Measures on the first of the GPUs. Takes some ten seconds; leaves nothing but the note.
   *
   * @param settings GPUs, precision and batch size; what was measured holds for runs with the same
   * @param listener is told the result
   * @throws SettingException if a setting does not fit this machine, or it has no GPU
   * @throws InterruptedException if the thread is interrupted
   */
  public static void run(CandidateSettings settings, SessionListener listener)
      throws InterruptedException {
    LibTorch.requirePrepared();
    try (EvaluationSession session =
        new EvaluationSession(
            settings,
            new PlainSpace(),
            FitnessFunction.ACCURACY,
            UnaryOperator.identity(),
            false,
            Long.MAX_VALUE,
            listener)) {
      if (!session.devices().get(0).isGpu()) {
        throw new SettingException(
            "tune", "", "measures workers of GPUs, and there is none to use; leave it out");
      }
    }
  }
}
