package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.evaluation.CandidateSeed;
import io.github.cnnevolution.evaluation.FailureReason;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.training.CheckpointFile;
import io.github.cnnevolution.training.Checkpoints;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.DivergedException;
import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** TEMPORARY: one after the other, until the queue serves final trainings. */
final class SeedTrainings {
  private SeedTrainings() {}

  static List<LostDevice> run(
      FinalTrainingSession session,
      FinalTrainingSettings settings,
      RunDirectory directory,
      SeedResults results,
      FinalTrainingListener listener)
      throws InterruptedException {
    DeviceSites.Site site = session.sites().all().get(0);
    for (long seed : results.untrained()) {
      CandidateSeed parts = CandidateSeed.of(seed, session.architecture());
      CheckpointFile file = new CheckpointFile(directory.checkpoint(seed));
      try (DeviceBinding binding = site.device().bind();
          Network network =
              new Network(session.architecture(), site.device(), parts.initialization())) {
        Checkpoints checkpoints =
            new Checkpoints() {
              @Override
              public List<EpochMetrics> restore(TrainingState state) {
                return file.restore(state);
              }

              @Override
              public void save(List<EpochMetrics> epochs, TrainingState state) {
                file.save(epochs, state);
                results.put(seed, epochs);
                listener.onTrainingState(results.now(), RunState.RUNNING, directory);
              }
            };
        session
            .trainer(site)
            .train(
                network,
                parts.training(),
                1,
                new TrainingControls(
                    Deadline.NONE,
                    progress -> listener.onSeedProgress(seed, progress),
                    checkpoints,
                    site.validation()));
        try (Weights weights = new Weights(network)) {
          weights.write(results.model(seed));
        } catch (IOException e) {
          throw new UncheckedIOException(e.getMessage(), e);
        }
        results.succeed(seed, file.epochs());
      } catch (DivergedException e) {
        results.diverge(seed, FailureReason.line(e));
      } catch (IOException | RuntimeException | Error e) {
        results.fail(seed, FailureReason.line(e));
      } finally {
        listener.onSeedEnd(seed);
      }
    }
    return List.of();
  }
}
