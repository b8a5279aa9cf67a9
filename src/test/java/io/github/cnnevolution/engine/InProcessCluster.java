package io.github.cnnevolution.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/**
 * A cluster with one executor, which is this process. Calls and results are serialized, as between
 * machines; Spark has its own tests.
 */
final class InProcessCluster implements Cluster {
  private final ClusterExecutor executor = new ClusterExecutor("node/1", Optional.empty());
  private final List<ClusterCall<?>> calls = new ArrayList<>();
  private final ExecutorService threads;
  private final int slots;
  private Predicate<ClusterCall<?>> crashes = call -> false;
  private Predicate<ClusterCall<?>> losses = call -> false;

  InProcessCluster(int slots) {
    this.slots = slots;
    this.threads = Executors.newFixedThreadPool(slots);
  }

  /** All calls that were made, those that were lost included. */
  synchronized List<ClusterCall<?>> calls() {
    return List.copyOf(calls);
  }

  /** Has native code end the executor in some calls. */
  void crashIn(Predicate<ClusterCall<?>> which) {
    crashes = which;
  }

  /** Has the executor vanish in some calls. */
  void loseIn(Predicate<ClusterCall<?>> which) {
    losses = which;
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
    return List.of(new ExecutorState("node/1", slots, List.of()));
  }

  @Override
  public int slotsOfExecutor() {
    return slots;
  }

  @Override
  public void onChange(Runnable changed) {}

  @Override
  public synchronized <T extends Serializable> CompletableFuture<T> submit(
      String label, ClusterCall<T> call, CallListener listener) {
    calls.add(call);
    CompletableFuture<T> result = new CompletableFuture<>();
    Future<?> unused =
        threads.submit(
            () -> {
              listener.onStart("node/1");
              try {
                if (crashes.test(call) || losses.test(call)) {
                  throw new ExecutorLostException("gone", crashes.test(call));
                }
                result.complete(sent(sent(call).run(executor, listener::onProgress)));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              } finally {
                listener.onEnd();
              }
            });
    return result;
  }

  @SuppressWarnings("unchecked")
  private static <S extends Serializable> S sent(S object)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (S) in.readObject();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    executor.close();
  }
}
