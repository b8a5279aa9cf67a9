package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.device.WorkRecorder;
import io.github.cnnevolution.device.WorkRecorders;
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
 * Records a step of a training once and replays it for the others. On a GPU a replayed step is one
 * launch by the host, plus one for each dropout layer where dropout is on.
 *
 * <p>What differs between steps must be on the device. The number of the step is there, counted by
 * the recording itself; it selects the batch from the epoch's order and the learning rate from a
 * table. Random bits are drawn before each replay. A replayed step gives the same weights as one
 * that is launched kernel by kernel.
 *
 * <p>A recording is made after {@value #FIRST} steps, in which the libraries make their plans, and
 * once more when dropout ends. If it fails, the training continues without recordings.
 */
final class StepReplay implements AutoCloseable {
  private static final int FIRST = 3;

  private final NativeOwner owner = new NativeOwner();
  private final WorkRecorders graphs;
  private final Network network;
  private final TrainingInput input;
  private Optional<WorkRecorder> recorder = Optional.empty();
  private Tensor rates;
  private Tensor next;
  private Optional<Dropout> recordedDropout = Optional.empty();
  private boolean recorded;
  private boolean withDropout;
  private int stepsToWait = FIRST;

  /**
   * Prepares a recording, which {@link #run} makes; nothing is recorded where graphs are off.
   *
   * @param bytes the device memory that the training takes at its peak
   */
  StepReplay(
      WorkRecorders graphs,
      ComputeDevice device,
      Network network,
      TrainingInput input,
      OneCycle schedule,
      long bytes)
      throws InterruptedException {
    this.graphs = graphs;
    this.network = network;
    this.input = input;
    if (!graphs.isOn(device)) {
      return;
    }
    try (PointerScope scope = new PointerScope()) {
      TensorOptions pinned =
          new TensorOptions(ScalarType.Float).pinned_memory(new BoolOptional(device.isGpu()));
      long[] steps = {schedule.steps()};
      Tensor table = torch.empty(steps, pinned, null);
      FloatBuffer values = table.createBuffer();
      for (int step = 0; step < schedule.steps(); step++) {
        values.put((float) schedule.at(step));
      }
      rates = owner.keep(device.copy(table));
      next = owner.keep(torch.zeros(new long[] {1}, device.tensor(ScalarType.Long)));
    }
    recorder = Optional.of(graphs.recorder(device, bytes));
  }

  /**
   * Replays a step; records it first if it is time to.
   *
   * @param step counts from 0
   * @param dropping whether dropout is on in this step
   * @return false if nothing is recorded and the caller must run the step
   */
  boolean run(int step, boolean dropping, TrainingStep work, ProfilerRanges.Range range)
      throws InterruptedException {
    if (recorder.isEmpty()) {
      return false;
    }
    if (recorded && withDropout != dropping) {
      // The first step without dropout runs unrecorded; its recording reuses the old memory.
      forget();
      recorder.get().openPool();
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
    recordedDropout = dropping ? Optional.of(input.dropout().forRecording()) : Optional.empty();
    try (PointerScope scope = new PointerScope()) {
      next.fill_(new Scalar(step));
      recorder.get().record(new Recorded(work, input, rates, next, recordedDropout, range));
      recorder.get().closePool();
      recorded = true;
    } catch (RuntimeException e) {
      graphs.warnOnce(e);
      network.clearGradients();
      close();
    }
    return recorded;
  }

  /** What a recording holds: everything else may change between replays. */
  private record Recorded(
      TrainingStep work,
      TrainingInput input,
      Tensor rates,
      Tensor next,
      Optional<Dropout> dropout,
      ProfilerRanges.Range range)
      implements Runnable {
    @Override
    public void run() {
      IValue rate = new IValue(rates.index_select(0, next));
      work.run(input.batch(next), rate, dropout, range);
      next.add_(new Scalar(1));
    }
  }

  private void forget() {
    recordedDropout.ifPresent(Dropout::close);
    recordedDropout = Optional.empty();
    recorded = false;
  }

  @Override
  public void close() {
    forget();
    recorder.ifPresent(WorkRecorder::close);
    recorder = Optional.empty();
    owner.close();
  }
}
