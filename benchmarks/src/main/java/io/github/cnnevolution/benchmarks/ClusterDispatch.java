package io.github.cnnevolution.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.cnnevolution.engine.Cluster;
import io.github.cnnevolution.engine.ClusterCall;
import io.github.cnnevolution.engine.ClusterExecutor;
import io.github.cnnevolution.spark.SparkCluster;
import io.github.cnnevolution.training.TrainingListener;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a call of a Spark cluster costs the driver, and which share of the executors' time is idle:
 * calls that train nothing, as many at a time as a search would keep with the cluster.
 *
 * <pre>
 * java $OPENS -cp target/benchmarks.jar:$SPARK_HOME/jars/* io.github.cnnevolution.benchmarks.ClusterDispatch spark://HOST:7077 64 10000 0
 * </pre>
 *
 * <p>takes the cluster, how many calls it makes at a time, how many calls there are, and how many
 * seconds each lasts.
 */
public final class ClusterDispatch {
  private ClusterDispatch() {}

  /**
   * A call that computes nothing.
   *
   * @param millis how long it takes
   */
  private record Nothing(long millis) implements ClusterCall<Long> {
    @Override
    public Long run(ClusterExecutor executor, TrainingListener progress)
        throws InterruptedException {
      long start = System.nanoTime();
      Thread.sleep(millis);
      return System.nanoTime() - start;
    }
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    int slots = Integer.parseInt(arguments[1]);
    int calls = Integer.parseInt(arguments[2]);
    long millis = Math.round(1000 * Double.parseDouble(arguments[3]));
    try (Cluster cluster = SparkCluster.start(Optional.of(arguments[0]), 1)) {
      while (cluster.slots() < slots) {
        Thread.sleep(50);
      }
      // Each executor prepares itself at its first call, and the driver's code is compiled.
      make(cluster, slots, 4 * slots, 0);
      double before = cpuSeconds();
      long start = System.nanoTime();
      long busy = make(cluster, slots, calls, millis);
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpu = cpuSeconds() - before;
      System.gc();
      double heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
      System.out.println(
          "| slots | calls | seconds | ms a call | driver's CPU ms a call | idle | heap MB |");
      System.out.println("|---|---|---|---|---|---|---|");
      System.out.println(
          String.format(
              Locale.ROOT,
              "| %d | %d | %.1f | %.2f | %.2f | %.4f | %.0f |",
              slots,
              calls,
              seconds,
              1000 * seconds / calls,
              1000 * cpu / calls,
              1 - busy / 1e9 / slots / seconds,
              heap));
    }
    System.exit(0);
  }

  /** Makes calls; returns the nanoseconds that executors spent in them. */
  private static long make(Cluster cluster, int slots, int calls, long millis) throws Exception {
    Semaphore room = new Semaphore(slots + slots / 4);
    AtomicLong busy = new AtomicLong();
    ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < calls; i++) {
      room.acquire();
      CompletableFuture<Long> unused =
          cluster
              .submit("call " + i, new Nothing(millis), Cluster.CallListener.NONE)
              .whenComplete(
                  (nanos, error) -> {
                    if (error == null) {
                      busy.addAndGet(nanos);
                    } else {
                      errors.add(error);
                    }
                    room.release();
                  });
    }
    room.acquire(slots + slots / 4);
    if (!errors.isEmpty()) {
      throw new IllegalStateException("a call failed: " + List.copyOf(errors).get(0));
    }
    return busy.get();
  }

  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }
}
