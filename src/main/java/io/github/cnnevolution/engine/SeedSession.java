package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongFunction;

/** What the final trainings of one network share, wherever they are. */
interface SeedSession extends AutoCloseable {
  /** What is trained. */
  Architecture architecture();

  /** The images that are trained on. */
  TrainingRun.Data data();

  TrainingRecipe recipe();

  /** What was decided about recordings of steps; auto on the processor. */
  CudaGraphsMode graphs();

  /** All devices that train: GPUs, or processors. */
  List<ComputeDevice> devices();

  /** How many seeds are trained in parallel. */
  int parallelTrainings();

  /**
   * Trains the seeds that are not trained yet, and waits.
   *
   * @param directory has their checkpoints
   * @param results of all seeds, to which it adds
   * @return the devices that failed, in their order
   * @throws InterruptedException if the thread is interrupted; each training then has its last
   *     checkpoint
   */
  List<LostDevice> train(
      RunDirectory directory, SeedResults results, FinalTrainingListener listener)
      throws InterruptedException;

  /**
   * Measures those that have not been measured on the test images, if there are any and no
   * validation images were kept out.
   *
   * @param model the weights of each seed
   * @param lost devices that failed before
   */
  List<TrainingRun.Seed> measure(
      List<TrainingRun.Seed> seeds, LongFunction<Path> model, List<LostDevice> lost)
      throws IOException, InterruptedException;

  /** Whether a seed has something to measure. */
  static boolean isUnmeasured(TrainingRun.Seed seed) {
    return seed.error().isEmpty() && seed.testAccuracy().isEmpty();
  }

  @Override
  void close();
}
