package io.github.cnnevolution.training;

import io.github.cnnevolution.data.AugmentedBatches;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.GraphRecorder;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Dropout;
import io.github.cnnevolution.network.Network;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The steps of one training as a recording that is replayed: on a GPU a step is then one launch by
 * the host, and in the part of a training that has dropout one more for each dropout layer.
 *
 * <p>What differs between steps must be on the device. The number of the step is there, counted by
 * the recording itself; it chooses the batch from the epoch's order and the learning rate from a
 * table. Random bits are drawn before each replay. A replayed step computes what the step itself
 * would have.
 *
 * <p>A recording is made after {@value #FIRST} steps, in which the libraries make their plans, and
 * once more when dropout ends. Where it fails, the training goes on without.
 */
final class StepReplay implements AutoCloseable {
  private static final int FIRST = 3;

  private final NativeOwner owner = new NativeOwner();
  private final CudaGraphs graphs;
  private final Network network;
  private final AugmentedBatches batches;
  private final Dropout dropout;
  private Optional<GraphRecorder> recorder = Optional.empty();
  private Tensor rates;
  private Tensor next;
  private Optional<Dropout> recordedDropout = Optional.empty();
  private boolean recorded;
  private boolean withDropout;
  private int stepsToWait = FIRST;

  /** Nothing is recorded yet; where {@code graphs} are off, nothing will be. */
  StepReplay(
      CudaGraphs graphs,
      ComputeDevice device,
      Network network,
      AugmentedBatches batches,
      Dropout dropout,
      OneCycle schedule)
      throws InterruptedException {
    this.graphs = graphs;
    this.network = network;
    this.batches = batches;
    this.dropout = dropout;
    if (!graphs.isOn(device)) {
      return;
    }
    try (PointerScope scope = new PointerScope()) {
      TensorOptions pinned =
          new TensorOptions(ScalarType.Float).pinned_memory(new BoolOptional(true));
      long[] steps = {schedule.steps()};
      Tensor table = torch.empty(steps, pinned, null);
      FloatBuffer values = table.createBuffer();
      for (int step = 0; step < schedule.steps(); step++) {
        values.put((float) schedule.at(step));
      }
      rates = owner.keep(device.copy(table));
      next = owner.keep(torch.zeros(new long[] {1}, device.tensor(ScalarType.Long)));
    }
    recorder = Optional.of(graphs.recorder(device));
  }

  /**
   * Does a step by replaying it, if it has been recorded or now is.
   *
   * @param step counts from 0
   * @param dropping whether dropout layers drop in it
   * @return false if the caller has to do it
   */
  boolean run(int step, boolean dropping, TrainingStep work, ProfilerRanges.Range range)
      throws InterruptedException {
    if (recorder.isEmpty()) {
      return false;
    }
    if (recorded && withDropout != dropping) {
      // Its first step as usual, and the memory of the old recording for the new one.
      forget();
      recorder.get().openMemory();
      stepsToWait = 1;
    }
    if (!recorded) {
      if (stepsToWait-- > 0 || !record(step, dropping, work, range)) {
        return false;
      }
    }
    range.phase("replay");
    recordedDropout.ifPresent(Dropout::draw);
    recorder.get().launch();
    return true;
  }

  private boolean record(
      int step, boolean dropping, TrainingStep work, ProfilerRanges.Range range) {
    withDropout = dropping;
    recordedDropout = dropping ? Optional.of(dropout.forRecording()) : Optional.empty();
    try (PointerScope scope = new PointerScope()) {
      next.fill_(new Scalar(step));
      recorder
          .get()
          .record(
              () -> {
                IValue rate = new IValue(rates.index_select(0, next));
                work.run(batches.at(next), rate, recordedDropout, range);
                next.add_(new Scalar(1));
              });
      recorder.get().shutMemory();
      recorded = true;
    } catch (RuntimeException e) {
      graphs.failed(e);
      network.clearGradients();
      close();
    }
    return recorded;
  }

  private void forget() {
    recordedDropout.ifPresent(Dropout::close);
    recordedDropout = Optional.empty();
    recorded = false;
  }

  @Override
  public void close() {
    forget();
    recorder.ifPresent(GraphRecorder::close);
    recorder = Optional.empty();
    owner.close();
  }
}
