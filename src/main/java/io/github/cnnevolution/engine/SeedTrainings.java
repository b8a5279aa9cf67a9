package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.FinalTrainingJob;
import io.github.cnnevolution.evaluation.FinalTrainingService;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.SeedFiles;
import io.github.cnnevolution.evaluation.SeedListener;
import io.github.cnnevolution.evaluation.SeedResult;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.TrainingProgress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains the seeds of a final training that are not trained yet, through the same queue and workers
 * as candidates: with admission by memory, retries, and other devices where one is lost.
 *
 * @param results of all seeds; workers add to it
 */
record SeedTrainings(
    FinalTrainingSession session,
    RunDirectory directory,
    SeedResults results,
    FinalTrainingListener listener) {
  /**
   * Trains them and waits.
   *
   * @return the devices that failed, in their order
   * @throws InterruptedException if the thread is interrupted; each training then has its last
   *     checkpoint
   */
  List<LostDevice> run() throws InterruptedException {
    List<FinalTrainingJob> jobs = new ArrayList<>();
    for (long seed : results.untrained()) {
      jobs.add(
          new FinalTrainingJob(
              jobs.size(), session.architecture(), seed, session.recipe().epochs()));
    }
    if (jobs.isEmpty()) {
      return List.of();
    }
    try (FinalTrainingService service = session.start(files(), events())) {
      service.train(jobs);
      return service.lostDevices();
    }
  }

  private SeedFiles files() {
    return new SeedFiles() {
      @Override
      public Path model(long seed) {
        return results.model(seed);
      }

      @Override
      public Path checkpoint(long seed, int microBatches) {
        return directory.checkpoint(seed, microBatches);
      }
    };
  }

  private SeedListener events() {
    return new SeedListener() {
      @Override
      public void onProgress(FinalTrainingJob job, String worker, TrainingProgress progress) {
        listener.onSeedProgress(job.seed(), progress);
      }

      @Override
      public void onEpochs(FinalTrainingJob job, List<EpochMetrics> epochs) {
        results.put(job.seed(), epochs);
        listener.onTrainingState(results.now(), RunState.RUNNING, directory);
      }

      @Override
      public void onEnd(SeedResult result) {
        results.note(result);
        listener.onSeedEnd(result.seed());
      }

      @Override
      public void onDeviceLost(LostDevice device) {
        listener.onDeviceLost(device);
      }
    };
  }
}
