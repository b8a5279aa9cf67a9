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
  /** Reads it from Spark's options. */
  static Demand of(SparkConf conf) {
    return new Demand(
        conf.get("spark.executor.cores", ""),
        conf.get("spark.executor.memory", "1g"),
        conf.get("spark.executor.resource.gpu.amount", "0"));
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
