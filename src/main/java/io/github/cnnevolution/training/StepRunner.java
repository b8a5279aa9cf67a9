package io.github.cnnevolution.training;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.device.WorkRecorders;
import io.github.cnnevolution.network.Dropout;
import io.github.cnnevolution.network.Network;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;

/**
 * Runs the steps of a training: each kernel by kernel, or as a replay of a recording. Owns the
 * recording. Not thread-safe.
 */
final class StepRunner implements AutoCloseable {
  private final boolean floatRates;
  private final Network network;
  private final TrainingInput input;
  private final TrainedWeights weights;
  private final GradientStep work;
  private final ProfilerRanges ranges;
  private final OneCycle schedule;
  private final double droppingSteps;
  private final Optional<Dropout> dropout;
  private final StepReplay replay;

  /**
   * A runner at the beginning of a training, or after some of its epochs.
   *
   * @param bytes the device memory that the training takes at its peak
   */
  StepRunner(
      ComputeDevice device,
      Network network,
      TrainingInput input,
      TrainedWeights weights,
      GradientStep work,
      TrainingRecipe recipe,
      ProfilerRanges ranges,
      WorkRecorders graphs,
      long bytes)
      throws InterruptedException {
    this.floatRates = device.isGpu() || graphs.isOn(device);
    this.network = network;
    this.input = input;
    this.weights = weights;
    this.work = work;
    this.ranges = ranges;
    int steps = recipe.epochs() * input.batchCount();
    this.schedule = new OneCycle(recipe.learningRate(), recipe.warmup(), steps);
    this.droppingSteps = recipe.dropoutFraction() * steps;
    this.dropout = Optional.of(input.dropout());
    this.replay = new StepReplay(graphs, device, network, input, schedule, bytes);
  }

  /**
   * Runs one step.
   *
   * @param step counts from 0, all epochs together
   */
  void run(int step) throws InterruptedException {
    boolean dropping = step < droppingSteps;
    try (PointerScope scope = new PointerScope();
        ProfilerRanges.Range range = ranges.open("step")) {
      input.drawMixture();
      if (!replay.run(step, dropping, work, range)) {
        range.phase("augmentation");
        Batch batch = input.batch(step % input.batchCount());
        work.run(batch, rate(step), dropping ? dropout : Optional.empty(), range);
      }
      network.countBatches(work.parts());
      weights.addToAverage(step);
    }
  }

  /** In float32 where a recording may read it from memory, so that both give the same weights. */
  private IValue rate(int step) {
    double rate = schedule.at(step);
    return new IValue(floatRates ? (float) rate : rate);
  }

  @Override
  public void close() {
    replay.close();
  }
}
