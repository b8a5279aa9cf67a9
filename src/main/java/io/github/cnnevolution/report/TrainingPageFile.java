package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.FinalTrainingListener;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.TrainingRun;

/**
 * Keeps {@code report.html} of a final training up to date, without slowing the training down. A
 * failure is reported in one line and does not affect the training.
 */
public final class TrainingPageFile implements FinalTrainingListener {
  private final Console console;
  private final WriteThrottle throttle = new WriteThrottle();

  /**
   * Creates the page of a training that has not started.
   *
   * @param console where a failure is reported
   */
  public TrainingPageFile(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void onTrainingState(
      TrainingRun run, RunState state, RunDirectory directory) {
    if (state != RunState.RUNNING || throttle.isLeft()) {
      throttle.spend(() -> TrainingPage.write(run, state, directory, console));
    }
  }
}
