package io.github.cnnevolution.engine;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A cluster without executors: it collects calls, and a test makes them. */
final class CallsOnly implements Cluster {
  private final List<Made> calls = new ArrayList<>();
  private Runnable changed = () -> {};
  private final int ofExecutor;
  private int slots;

  /** A call that waits for a test. */
  record Made(
      String label, EvaluateCall call, CompletableFuture<EvaluateAnswer> result, CallListener to) {}

  CallsOnly(int slots) {
    this(slots, 1);
  }

  CallsOnly(int slots, int ofExecutor) {
    this.ofExecutor = ofExecutor;
    this.slots = slots;
  }

  /** All calls so far, those that were made included. */
  List<Made> calls() {
    return List.copyOf(calls);
  }

  /** The latest call. */
  Made latest() {
    return calls.get(calls.size() - 1);
  }

  void resize(int count) {
    slots = count;
    changed.run();
  }

  @Override
  public String name() {
    return "spark://test:1";
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public List<ExecutorState> executors() {
    return List.of();
  }

  @Override
  public int slotsOfExecutor() {
    return ofExecutor;
  }

  @Override
  public void onChange(Runnable run) {
    changed = run;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T extends Serializable> CompletableFuture<T> submit(
      String label, ClusterCall<T> call, CallListener listener) {
    CompletableFuture<EvaluateAnswer> result = new CompletableFuture<>();
    calls.add(new Made(label, (EvaluateCall) call, result, listener));
    return (CompletableFuture<T>) result;
  }

  @Override
  public void close() {}
}
