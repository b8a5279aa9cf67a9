package io.github.cnnevolution.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DemandTest {
  @Test
  void theHeapFollowsFromTheCallsOfAnExecutor() {
    assertEquals("1312m", Demand.defaultMemory(1, 1));
    assertEquals("6912m", Demand.defaultMemory(8, 1));
    assertEquals("1312m", Demand.defaultMemory(8, 8));
    assertEquals("1312m", Demand.defaultMemory(1, 2));
  }
}
