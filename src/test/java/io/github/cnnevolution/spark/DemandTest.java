package io.github.cnnevolution.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class DemandTest {
  @Test
  void theHeapFollowsFromTheCallsOfAnExecutor() {
    SparkConf conf = new SparkConf(false);
    assertEquals("2112m", Demand.defaultMemory(conf));
    conf.set("spark.executor.cores", "1");
    assertEquals("912m", Demand.defaultMemory(conf));
    conf.set("spark.executor.cores", "8");
    assertEquals("3712m", Demand.defaultMemory(conf));
    conf.set("spark.task.cpus", "8");
    assertEquals("912m", Demand.defaultMemory(conf));
  }
}
