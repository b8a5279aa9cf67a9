package io.github.cnnevolution.spark;

import io.github.cnnevolution.engine.Cluster;
import io.github.cnnevolution.engine.ClusterCall;
import io.github.cnnevolution.engine.ClusterRefusalException;
import io.github.cnnevolution.engine.ExecutorLostException;
import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.engine.SettingException;
import io.github.cnnevolution.text.Text;
import java.io.Serializable;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The executors of an application of Apache Spark. Each call is a job of one task, which Spark's
 * own page names; a thread of the driver waits for each. Owns the application.
 */
public final class SparkCluster implements Cluster {
  /** The name of GPUs among Spark's resources. */
  static final String GPU = "gpu";

  /** The part of a GPU that a task asks for. */
  static final String TASK_GPUS = "spark.task.resource.gpu.amount";

  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";

  /** How long it may take until there is an executor, at first and after all were lost. */
  private static final String PATIENCE = "spark.cnnEvolution.executorTimeout";

  private static final String DEFAULT_PATIENCE = "50s";

  /**
   * Exit codes of a process that native code has ended: SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV.
   */
  private static final Set<Integer> CRASHES = Set.of(132, 134, 135, 136, 139);

  private static final Pattern EXIT_CODE =
      Pattern.compile("exit(?:ed with)?(?: exit)? code (\\d+)");
  private static final Pattern HEAP = Pattern.compile("java\\.lang\\.OutOfMemoryError");
  private static final Pattern LOST = Pattern.compile("ExecutorLostFailure|TaskResultLost");

  private final JavaSparkContext context;
  private final ExecutorSlots slots;
  private final Duration patience;
  private final AtomicLong groups = new AtomicLong();
  private final Map<String, CompletableFuture<?>> open = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(runnable -> daemon(runnable, "spark-call"));
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(runnable -> daemon(runnable, "spark-watch"));

  private SparkCluster(SparkConf conf, Duration patience) {
    this.patience = patience;
    this.slots = new ExecutorSlots(conf);
    this.context = new JavaSparkContext(conf);
    context.sc().addSparkListener(slots);
    ScheduledFuture<?> unused = watch.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  private static Thread daemon(Runnable runnable, String name) {
    Thread thread = new Thread(runnable, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts an application and waits for its first executor. What Spark's own options and files say
   * holds.
   *
   * @param master of the cluster, unless Spark's options name it
   * @param tasksOfGpu how many candidates share a GPU, unless Spark's options say it
   * @throws SettingException if no cluster is named, or it gives no executor
   * @throws InterruptedException if the thread is interrupted
   */
  public static Cluster start(Optional<String> master, int tasksOfGpu) throws InterruptedException {
    SparkConf conf = new SparkConf();
    master.ifPresent(conf::setMaster);
    if (!conf.contains("spark.master")) {
      throw new SettingException(
          "executor",
          "spark",
          "needs a cluster: name it with {spark_master} spark://HOST:PORT, or start with spark-submit --master");
    }
    conf.setIfMissing("spark.app.name", "cnn-evolution");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // The progress of trainings comes with heartbeats.
    conf.setIfMissing("spark.executor.heartbeatInterval", "2s");
    conf.setIfMissing(Demand.MEMORY, Demand.defaultMemory(conf));
    // A lost executor is evidence, or none: this program decides what is tried again.
    conf.set("spark.task.maxFailures", "1");
    conf.set("spark.speculation", "false");
    if (!conf.contains("spark.jars")) {
      // Without spark-submit nothing is sent: the jar is on all machines, where it is on this one.
      conf.setIfMissing("spark.executor.extraClassPath", programJar());
    }
    if (conf.contains(EXECUTOR_GPUS)) {
      conf.setIfMissing(TASK_GPUS, String.valueOf(1.0 / tasksOfGpu));
    }
    SparkCluster cluster;
    try {
      Duration patience = Duration.ofSeconds(conf.getTimeAsSeconds(PATIENCE, DEFAULT_PATIENCE));
      cluster = new SparkCluster(conf, patience);
    } catch (RuntimeException e) {
      throw new SettingException(
          "spark_master", conf.get("spark.master"), "Spark does not start: " + firstLine(e));
    }
    try {
      cluster.awaitExecutor(conf);
      return cluster;
    } catch (RuntimeException | InterruptedException e) {
      cluster.close();
      throw e;
    }
  }

  private static String programJar() {
    try {
      return Path.of(SparkCluster.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitExecutor(SparkConf conf) throws InterruptedException {
    while (slots.all() == 0) {
      if (slots.emptyNanos() > patience.toNanos()) {
        throw new SettingException(
            "spark_master",
            name(),
            Text.format(
                "gave no executor within %d s; each asks for %s; see the cluster's page for what there is, and ask for less",
                patience.toSeconds(), Demand.of(conf)));
      }
      Thread.sleep(50);
    }
  }

  @Override
  public String name() {
    return context.master();
  }

  @Override
  public int slots() {
    return slots.all();
  }

  @Override
  public List<ExecutorState> executors() {
    return slots.executors();
  }

  @Override
  public int slotsOfExecutor() {
    return slots.most();
  }

  @Override
  public void onChange(Runnable changed) {
    slots.onChange(changed);
  }

  @Override
  public <T extends Serializable> CompletableFuture<T> submit(
      String label, ClusterCall<T> call, CallListener listener) {
    String group = "cnn-evolution-" + groups.getAndIncrement();
    CompletableFuture<T> result = new CompletableFuture<>();
    open.put(group, result);
    slots.watch(group, listener);
    // Also when it was cancelled: Spark then ends the task.
    CompletableFuture<T> unused =
        result.whenComplete(
            (value, error) -> {
              open.remove(group);
              slots.forget(group);
              if (result.isCancelled()) {
                context.sc().cancelJobGroup(group);
              }
            });
    threads.execute(() -> run(group, label, call, result));
    return result;
  }

  private <T extends Serializable> void run(
      String group, String label, ClusterCall<T> call, CompletableFuture<T> result) {
    try {
      context.setJobGroup(group, label, true);
      ProgressAccumulator progress = new ProgressAccumulator();
      context.sc().register(progress, ProgressAccumulator.NAME);
      Reply<T> reply =
          context.parallelize(List.of(0), 1).map(new CallTask<>(call, progress)).collect().get(0);
      if (reply.refusal().isEmpty()) {
        result.complete(reply.value());
      } else {
        result.completeExceptionally(new ClusterRefusalException(reply.refusal()));
      }
    } catch (Throwable e) {
      // Spark throws SparkException, which it does not declare.
      result.completeExceptionally(
          e instanceof SparkException || e instanceof OutOfMemoryError ? failure(e) : e);
    }
  }

  private RuntimeException failure(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    if (thrown instanceof OutOfMemoryError) {
      return new IllegalStateException(
          Text.format(
              "the heap of the driver (%d MB) is too small for the weights and checkpoints that the executors send back; give it more: java -Xmx8g, or --driver-memory 8g of spark-submit",
              Runtime.getRuntime().maxMemory() >> 20),
          thrown);
    }
    if (HEAP.matcher(message).find()) {
      return new IllegalStateException(
          Text.format(
              "the heap of an executor (spark.executor.memory, %s) is too small for the weights and checkpoints that its %s send back at the same time; give it more, or fewer cores",
              context.getConf().get(Demand.MEMORY), Text.count(slotsOfExecutor(), "call")),
          thrown);
    }
    if (!LOST.matcher(message).find()) {
      return new IllegalStateException(firstLine(thrown), thrown);
    }
    Matcher code = EXIT_CODE.matcher(message);
    boolean crashed = code.find() && CRASHES.contains(Integer.parseInt(code.group(1)));
    return new ExecutorLostException(firstLine(thrown), crashed);
  }

  private static String firstLine(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("").strip();
  }

  /** The first executors may be there before the application can be told, as on YARN. */
  private void look() {
    giveUpIfDeserted();
    if (!context.sc().isStopped()) {
      slots.addAll(context.sc().statusStore().executorList(true));
    }
  }

  /** Nobody may wait forever for executors that do not come back, such as of a dead cluster. */
  private void giveUpIfDeserted() {
    if (slots.emptyNanos() > patience.toNanos() || context.sc().isStopped()) {
      IllegalStateException deserted =
          new IllegalStateException(
              Text.format("has no executor left, for %d s", patience.toSeconds()));
      open.values().forEach(result -> result.completeExceptionally(deserted));
    }
  }

  /** Ends the application and its executors. */
  @Override
  public void close() {
    watch.shutdownNow();
    context.close();
    threads.shutdownNow();
  }
}
