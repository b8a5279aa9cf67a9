package io.github.cnnevolution.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of Linux that say how much memory is left. */
class AvailableMemoryTest {
  private static final long MIB = 1L << 20;

  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void machine(long availableMib, long residentMib) throws IOException {
    write(
        "proc/meminfo",
        "MemTotal:       24683520 kB\nMemAvailable:   " + availableMib * 1024 + " kB\n");
    write(
        "proc/self/status",
        "Name:\tjava\nVmHWM:\t  999999 kB\nVmRSS:\t " + residentMib * 1024 + " kB\n");
  }

  private void assertMib(long expected) {
    assertEquals(OptionalLong.of(expected * MIB), AvailableMemory.bytes(root));
  }

  @Test
  void withoutALimitTheMachineDecides() throws IOException {
    machine(5000, 300);
    assertMib(5000);
    write("proc/self/cgroup", "4:memory:/\n0::/user.slice\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/unified/user.slice/memory.max", "max\n");
    assertMib(5000);
  }

  @Test
  void aContainerHasItsLimit() throws IOException {
    machine(5000, 300);
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", 1024 * MIB + "\n");
    assertMib(724);
    machine(500, 300);
    assertMib(500);
    machine(5000, 2000);
    assertMib(0);
  }

  @Test
  void aGroupAboveMayHaveTheLimit() throws IOException {
    machine(5000, 300);
    write("proc/self/cgroup", "0::/job_7/step_0\n");
    write("sys/fs/cgroup/job_7/step_0/memory.max", "max\n");
    write("sys/fs/cgroup/job_7/memory.max", 2048 * MIB + "\n");
    assertMib(1748);
  }

  @Test
  void thisMachineHasSome() {
    assertEquals(OptionalLong.empty(), AvailableMemory.bytes(root));
    assertTrue(AvailableMemory.bytes().orElseThrow() > 0);
  }
}
