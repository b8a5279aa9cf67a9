package io.github.cnnevolution.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The counts of the kernel and of control groups, as Linux writes them. */
class OutOfMemoryKillsTest {
  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void kernel(long kills) throws IOException {
    write("proc/vmstat", "nr_free_pages 4711\noom_kill " + kills + "\nallocstall_dma 1\n");
  }

  private void version2(String directory, long kills) throws IOException {
    write(directory + "/memory.events", "low 0\noom 9\noom_kill " + kills + "\noom_group_kill 7\n");
  }

  private OutOfMemoryKills read() {
    return OutOfMemoryKills.read(root);
  }

  @Test
  void readsVersion2() throws IOException {
    kernel(5);
    write("proc/self/cgroup", "0::/user.slice/session-3.scope\n");
    version2("sys/fs/cgroup/user.slice/session-3.scope", 2);
    OutOfMemoryKills before = read();
    assertEquals(OptionalLong.of(5), before.kernel());
    assertEquals(OptionalLong.of(2), before.ofGroup());
    assertFalse(read().haveRisenSince(before));
    kernel(6);
    assertFalse(read().haveRisenSince(before), "a process of another group was killed");
    version2("sys/fs/cgroup/user.slice/session-3.scope", 3);
    assertTrue(read().haveRisenSince(before));
  }

  /** Docker with version 1 mounts the directory of the container as the top. */
  @Test
  void readsVersion1InAContainer() throws IOException {
    write("proc/self/cgroup", "5:cpu,cpuacct:/docker/4a\n4:memory:/docker/4a\n0::/docker/4a\n");
    write("sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\noom_kill 1\n");
    OutOfMemoryKills before = read();
    assertEquals(OptionalLong.empty(), before.kernel());
    assertEquals(OptionalLong.of(1), before.ofGroup());
    write("sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\noom_kill 2\n");
    assertTrue(read().haveRisenSince(before));
  }

  /** A container that was killed and started again counts from 0. */
  @Test
  void asksTheKernelWhenTheGroupIsAnother() throws IOException {
    kernel(1);
    write("proc/self/cgroup", "0::/\n");
    version2("sys/fs/cgroup", 1);
    OutOfMemoryKills before = read();
    Files.move(root.resolve("sys/fs/cgroup"), root.resolve("sys/fs/old"));
    version2("sys/fs/cgroup", 0);
    assertFalse(read().haveRisenSince(before));
    kernel(2);
    assertTrue(read().haveRisenSince(before));
  }

  @Test
  void findsNothingWithoutCounts() throws IOException {
    OutOfMemoryKills nothing =
        new OutOfMemoryKills(OptionalLong.empty(), Optional.empty(), OptionalLong.empty());
    assertEquals(nothing, read());
    write("proc/vmstat", "oom_kill many\n");
    write("proc/self/cgroup", "nonsense\n4:memory:/../..\n");
    assertEquals(nothing, read());
    assertFalse(read().haveRisenSince(nothing));
    kernel(3);
    assertFalse(read().haveRisenSince(nothing), "nobody knows how many it was");
  }

  @Test
  void readsThoseOfThisMachine() {
    OutOfMemoryKills now = OutOfMemoryKills.now();
    assertFalse(now.haveRisenSince(now));
  }
}
