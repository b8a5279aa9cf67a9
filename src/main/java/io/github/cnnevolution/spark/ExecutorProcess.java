package io.github.cnnevolution.spark;

import io.github.cnnevolution.engine.ClusterExecutor;
import io.github.cnnevolution.engine.ClusterRefusalException;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * What an executor's process keeps from task to task. Spark gives tasks no object that outlives
 * them, so that this one thing is static; it ends with the process.
 */
final class ExecutorProcess {
  private static Optional<ClusterExecutor> executor = Optional.empty();

  private ExecutorProcess() {}

  /** The executor of this process; made by the first task. */
  static synchronized ClusterExecutor executor() {
    if (executor.isEmpty()) {
      SparkEnv spark = SparkEnv.get();
      String name = spark.blockManager().blockManagerId().host() + "/" + spark.executorId();
      executor = Optional.of(new ClusterExecutor(name, gpus(name)));
    }
    return executor.get();
  }

  /** The GPUs that Spark gave to this process; none: it trains on the processor. */
  private static Optional<List<Integer>> gpus(String name) {
    Map<String, ResourceInformation> resources = TaskContext.get().resourcesJMap();
    ResourceInformation gpu = resources.get(SparkCluster.GPU);
    if (gpu == null) {
      return Optional.empty();
    }
    List<Integer> indices = new ArrayList<>();
    for (String address : gpu.addresses()) {
      try {
        indices.add(Integer.valueOf(address));
      } catch (NumberFormatException e) {
        throw new ClusterRefusalException(
            Text.format(
                "executor %s: the discovery script calls its GPU '%s'; it must print the index that CUDA counts by, such as 0",
                name, address));
      }
    }
    return Optional.of(indices);
  }
}
