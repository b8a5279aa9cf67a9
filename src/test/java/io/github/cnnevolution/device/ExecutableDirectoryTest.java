package io.github.cnnevolution.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutableDirectoryTest {
  private static final List<String> MOUNTS =
      List.of(
          "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
          "30 21 0:26 / /home rw,nosuid,noexec,relatime - nfs4 server:/home rw",
          "31 30 0:27 / /home/eva/fast rw,relatime - ext4 /dev/sdb1 rw",
          "32 21 0:28 / /mnt/a\\040disk rw,noexec - tmpfs tmpfs rw",
          "33 21 0:29 / /tmp rw,noexec - tmpfs tmpfs rw",
          "34 33 0:30 / /tmp rw - tmpfs tmpfs rw");

  @ParameterizedTest
  @CsvSource({
    "/usr/share, false",
    "/home/eva, true",
    "/homes, false",
    "/home/eva/fast/x, false",
    "/mnt/a disk/x, true",
    "/tmp/x, false"
  })
  void theClosestMountDecidesAndTheLastOneHidesOthers(String directory, boolean noExec) {
    assertEquals(noExec, ExecutableDirectory.isNoExec(Path.of(directory), MOUNTS));
  }

  @Test
  void aDirectoryIsCreatedOrTheReasonIsGiven(@TempDir Path directory) throws IOException {
    assertEquals(Optional.empty(), ExecutableDirectory.obstacle(directory.resolve("a/b")));
    assertTrue(Files.isDirectory(directory.resolve("a/b")));
    Path file = Files.writeString(directory.resolve("file"), "");
    String obstacle = ExecutableDirectory.obstacle(file.resolve("below")).orElseThrow();
    assertTrue(obstacle.startsWith(file.resolve("below") + ": "), obstacle);
  }
}
