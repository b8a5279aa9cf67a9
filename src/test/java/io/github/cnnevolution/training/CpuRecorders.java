package io.github.cnnevolution.training;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.WorkRecorder;
import io.github.cnnevolution.device.WorkRecorders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Recorders of the CPU, which has no graphs: recorded work runs again in each replay, so that what
 * it computes can be compared with work that was never recorded.
 *
 * <p>Recording runs the work once, and takes back all that it wrote. Before each replay the Java
 * values and the addresses that the work leads to must be those of the recording, since a graph
 * would have kept them. Work that draws random numbers fails, as it does on a GPU.
 */
final class CpuRecorders implements WorkRecorders {
  private final boolean refusing;
  private int recordings;
  private int launches;
  private int open;
  private final List<String> warnings = new ArrayList<>();

  private CpuRecorders(boolean refusing) {
    this.refusing = refusing;
  }

  /** Recorders that record. */
  static CpuRecorders recording() {
    return new CpuRecorders(false);
  }

  /** Recorders that can record nothing, so that each step is launched by itself. */
  static CpuRecorders refusing() {
    return new CpuRecorders(true);
  }

  int recordings() {
    return recordings;
  }

  int launches() {
    return launches;
  }

  /** Returns how many recorders are not closed. */
  int open() {
    return open;
  }

  List<String> warnings() {
    return warnings;
  }

  @Override
  public boolean isOn(ComputeDevice device) {
    return true;
  }

  @Override
  public WorkRecorder recorder(ComputeDevice device, long bytes) {
    open++;
    return new CpuRecorder();
  }

  @Override
  public void releaseIdleMemory(ComputeDevice device) {
    // There is none.
  }

  @Override
  public void warnOnce(RuntimeException failure) {
    warnings.add(failure.getMessage());
  }

  private final class CpuRecorder implements WorkRecorder {
    private boolean poolIsOpen = true;
    private Runnable recorded;
    private Map<String, Object> values;

    @Override
    public void openPool() {
      if (poolIsOpen) {
        throw new IllegalStateException("the pool is open already");
      }
      poolIsOpen = true;
    }

    @Override
    public void closePool() {
      poolIsOpen = false;
    }

    @Override
    public void record(Runnable work) {
      if (!poolIsOpen) {
        throw new IllegalStateException("the pool is closed");
      }
      if (refusing) {
        throw new IllegalStateException("nothing can be recorded");
      }
      recorded = null;
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false)) {
        List<Tensor> before = new ReachableState(work).tensors();
        List<Tensor> contents = before.stream().map(tensor -> tensor.detach().clone()).toList();
        runWithoutDrawing(work);
        for (int i = 0; i < before.size(); i++) {
          before.get(i).copy_(contents.get(i));
        }
        ReachableState after = new ReachableState(work);
        Set<Long> old =
            before.stream().map(t -> t.data_ptr().address()).collect(Collectors.toSet());
        // What the recording reserved has no content yet. Zeros as random bits would drop
        // everything.
        after.tensors().stream()
            .filter(tensor -> !old.contains(tensor.data_ptr().address()))
            .forEach(Tensor::zero_);
        values = after.values();
      }
      recorded = work;
      recordings++;
    }

    private void runWithoutDrawing(Runnable work) {
      Map<String, List<Byte>> random = new ReachableState(work).randomStates();
      // The work itself chooses where it needs gradients, as a step outside of a recording does.
      try (AutoGradMode gradients = new AutoGradMode(true)) {
        work.run();
      }
      if (!random.equals(new ReachableState(work).randomStates())) {
        throw new AssertionError("the work draws random numbers");
      }
    }

    @Override
    public void launch() {
      if (recorded == null) {
        throw new IllegalStateException("nothing is recorded");
      }
      if (poolIsOpen) {
        throw new AssertionError("the pool is open: other tensors would be in the graph's memory");
      }
      assertUnchanged("before");
      // The tensors of a replay are those of the recording, and nobody's.
      try (PointerScope scope = new PointerScope()) {
        runWithoutDrawing(recorded);
      }
      assertUnchanged("after");
      launches++;
    }

    private void assertUnchanged(String when) {
      Map<String, Object> now = new ReachableState(recorded).values();
      if (!now.equals(values)) {
        List<String> changes =
            now.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(values.get(entry.getKey())))
                .map(entry -> entry + ", recorded as " + values.get(entry.getKey()))
                .toList();
        throw new AssertionError("a graph would not see, " + when + " a replay: " + changes);
      }
    }

    @Override
    public void close() {
      open--;
    }
  }
}
