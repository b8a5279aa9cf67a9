package io.github.cnnevolution.spark;

import io.github.cnnevolution.engine.Cluster;
import io.github.cnnevolution.engine.ExecutorState;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.cluster.ExecutorInfo;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.collection.Seq;

/**
 * Follows what Spark tells: which executors there are, how many tasks they run, and where each task
 * begins. Spark calls it on one thread of its own.
 */
final class ExecutorSlots extends SparkListener {
  private static final String GROUP = "spark.jobGroup.id";

  private final SparkConf conf;
  private final Map<String, ExecutorState> executors = new ConcurrentHashMap<>();
  private final Set<String> removed = ConcurrentHashMap.newKeySet();
  private final Map<Integer, String> groupOfStage = new ConcurrentHashMap<>();
  private final Map<String, Cluster.CallListener> calls = new ConcurrentHashMap<>();
  private final List<Runnable> changes = new CopyOnWriteArrayList<>();
  private volatile long emptySinceNanos = System.nanoTime();

  ExecutorSlots(SparkConf conf) {
    this.conf = conf;
  }

  void onChange(Runnable changed) {
    changes.add(changed);
  }

  /** Has the start and the end of the task of a job group told. */
  void watch(String group, Cluster.CallListener call) {
    calls.put(group, call);
  }

  void forget(String group) {
    calls.remove(group);
  }

  /** How many tasks all executors run at a time. */
  int all() {
    return executors.values().stream().mapToInt(ExecutorState::slots).sum();
  }

  /** How many tasks the largest executor runs at a time; 1 if there is none yet. */
  int most() {
    return executors.values().stream().mapToInt(ExecutorState::slots).max().orElse(1);
  }

  /** All, in the order of their names; a longer number is a larger one. */
  List<ExecutorState> executors() {
    return executors.values().stream()
        .sorted(
            Comparator.comparing(ExecutorState::host)
                .thenComparing(executor -> executor.name().length())
                .thenComparing(ExecutorState::name))
        .toList();
  }

  /** Since when there has been no executor, in nanoseconds; 0 if there is one. */
  long emptyNanos() {
    return executors.isEmpty() ? System.nanoTime() - emptySinceNanos : 0;
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    ExecutorInfo executor = added.executorInfo();
    add(
        added.executorId(),
        executor.executorHost(),
        executor.totalCores(),
        executor.resourcesInfo());
  }

  /** Adds executors that were there before this was told of any. */
  void addAll(Seq<ExecutorSummary> known) {
    known.foreach(
        executor -> {
          // The driver of a cluster is listed too, without cores.
          if (executor.isActive() && executor.totalCores() > 0) {
            String host = executor.hostPort().replaceFirst(":\\d+$", "");
            add(executor.id(), host, executor.totalCores(), executor.resources());
          }
          return null;
        });
  }

  private void add(
      String executor,
      String host,
      int cores,
      scala.collection.Map<String, ResourceInformation> resources) {
    List<String> gpus =
        resources.contains(SparkCluster.GPU)
            ? List.of(resources.apply(SparkCluster.GPU).addresses())
            : List.of();
    ExecutorState state = new ExecutorState(host + "/" + executor, slots(cores, gpus.size()), gpus);
    // Numbers are not used twice.
    if (!removed.contains(executor) && executors.putIfAbsent(executor, state) == null) {
      changes.forEach(Runnable::run);
    }
  }

  /** By cores, and by GPUs if tasks ask for parts of them. */
  private int slots(int cores, int gpus) {
    int byCores = cores / conf.getInt("spark.task.cpus", 1);
    double part = conf.getDouble(SparkCluster.TASK_GPUS, 0);
    if (part <= 0 || gpus == 0) {
      return Math.max(1, byCores);
    }
    int tasksOfGpu = part <= 1 ? (int) Math.floor(1 / part) : 1;
    int byGpus = part <= 1 ? gpus * tasksOfGpu : (int) (gpus / part);
    return Math.max(1, Math.min(byCores, byGpus));
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    removed.add(event.executorId());
    executors.remove(event.executorId());
    if (executors.isEmpty()) {
      emptySinceNanos = System.nanoTime();
    }
    changes.forEach(Runnable::run);
  }

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    String group = start.properties().getProperty(GROUP);
    if (group != null) {
      start.stageIds().foreach(stage -> groupOfStage.put((Integer) stage, group));
    }
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd end) {
    // Stages of a job have numbers that no other job has; only running jobs are kept.
    groupOfStage.values().removeIf(group -> !calls.containsKey(group));
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart task) {
    call(task.stageId())
        .ifPresent(
            call -> call.onStart(task.taskInfo().host() + "/" + task.taskInfo().executorId()));
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    heartbeat
        .accumUpdates()
        .foreach(
            task -> {
              call((Integer) task._2()).ifPresent(call -> tell(task._4(), call));
              return null;
            });
  }

  private static void tell(Seq<AccumulableInfo> accumulators, Cluster.CallListener call) {
    accumulators.foreach(
        accumulator -> {
          if (accumulator.update().isDefined()
              && accumulator.update().get() instanceof SentProgress latest) {
            call.onProgress(latest.progress());
          }
          return null;
        });
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    call(task.stageId()).ifPresent(Cluster.CallListener::onEnd);
  }

  private Optional<Cluster.CallListener> call(int stage) {
    return Optional.ofNullable(groupOfStage.get(stage)).map(calls::get);
  }
}
