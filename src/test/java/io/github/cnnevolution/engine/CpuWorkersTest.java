package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How many networks train on the CPU when memory is short. */
class CpuWorkersTest {
  private static final long MIB = 1L << 20;
  private static final OptionalLong THREE_GIB = OptionalLong.of(3072 * MIB);

  @Test
  void asManyAsCoresIfTheyFit() {
    assertEquals(
        new CpuWorkers(4, Optional.empty()), CpuWorkers.of(false, 4, 768 * MIB, THREE_GIB));
    assertEquals(
        new CpuWorkers(64, Optional.empty()),
        CpuWorkers.of(false, 64, 768 * MIB, OptionalLong.empty()));
  }

  @Test
  void asManyAsFit() {
    assertEquals(
        new CpuWorkers(
            3,
            Optional.of(
                "3 instead of 8 workers, because a network takes up to 1.0 GiB and 3.0 GiB of memory are available; --workers sets another number")),
        CpuWorkers.of(false, 8, 1024 * MIB, THREE_GIB));
  }

  @Test
  void aNumberThatWasAskedForStays() {
    assertEquals(
        new CpuWorkers(
            8,
            Optional.of(
                "a network takes up to 1.0 GiB and 3.0 GiB of memory are available: the system may kill the process; give it --workers 3")),
        CpuWorkers.of(true, 8, 1024 * MIB, THREE_GIB));
  }

  @Test
  void oneWorkerIsTriedInAnyCase() {
    Optional<String> notice =
        Optional.of(
            "a network takes up to 4.0 GiB and 3.0 GiB of memory are available: the system may kill the process; give it a smaller --batch_size, or more memory");
    assertEquals(new CpuWorkers(1, notice), CpuWorkers.of(false, 1, 4096 * MIB, THREE_GIB));
    assertEquals(1, CpuWorkers.of(false, 8, 4096 * MIB, THREE_GIB).count());
    assertEquals(1, CpuWorkers.of(false, 8, 4096 * MIB, OptionalLong.of(0)).count());
  }
}
