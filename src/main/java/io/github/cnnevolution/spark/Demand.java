package io.github.cnnevolution.spark;

import io.github.cnnevolution.text.Text;
import org.apache.spark.SparkConf;

/**
 * What each executor of an application asks for.
 *
 * @param cores empty: as the cluster decides
 * @param memory of its heap, as Spark writes it
 * @param gpus 0 or more
 */
record Demand(String cores, String memory, String gpus) {
  /** The option that says how large the heap of an executor is. */
  static final String MEMORY = "spark.executor.memory";

  private static final String CORES = "spark.executor.cores";

  /**
   * What a call may take of the heap. With networks of 43 MB, whose checkpoints have 130 MB, four
   * trainings at once ran out of 550 MB each, and had enough of 700.
   */
  private static final int MEBIBYTES_OF_A_CALL = 800;

  private static final int MEBIBYTES_BESIDE = 512;
  private static final int USUAL_CORES = 4;

  /** The heap of an executor unless it is said: enough for each of its calls. */
  static String defaultMemory(SparkConf conf) {
    return defaultMemory(conf.getInt(CORES, USUAL_CORES), conf.getInt("spark.task.cpus", 1));
  }

  /**
   * The heap of an executor.
   *
   * @param cores that it has
   * @param ofCall how many of them a call takes
   */
  static String defaultMemory(int cores, int ofCall) {
    return MEBIBYTES_BESIDE + MEBIBYTES_OF_A_CALL * Math.max(1, cores / ofCall) + "m";
  }

  /** Reads it from Spark's options. */
  static Demand of(SparkConf conf) {
    return new Demand(
        conf.get(CORES, ""), conf.get(MEMORY), conf.get("spark.executor.resource.gpu.amount", "0"));
  }

  /** Such as {@code 4 cores, 2g of memory and 1 GPU}. */
  @Override
  public String toString() {
    return Text.format(
        "%s%s of memory and %s",
        cores.isEmpty() ? "" : Text.count(Long.parseLong(cores), "core") + ", ",
        memory,
        gpus.equals("1") ? "1 GPU" : gpus + " GPUs");
  }
}
