package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.files.OutOfMemoryKills;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as evidence that a process has crashed, and what does not. */
class ProcessRecordTest {
  private static final long STARTED = 1_700_000_000_000L;
  private static final OutOfMemoryKills NONE = kills(3);

  @TempDir private Path directory;

  private static OutOfMemoryKills kills(long kernel) {
    return new OutOfMemoryKills(OptionalLong.of(kernel), Optional.empty(), OptionalLong.empty());
  }

  private ProcessRecord record() {
    return new ProcessRecord(
        4711,
        "boot",
        STARTED,
        ProcessRecord.errorFiles("", 4711, directory),
        NONE,
        Optional.empty());
  }

  /** With the text of an error file that HotSpot has written. */
  private Optional<String> crash(String cause, long pid, long millis) throws IOException {
    Path file = directory.resolve("hs_err_pid4711.log");
    Files.writeString(
        file,
        "#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n#  "
            + cause
            + ", pid="
            + pid
            + ", tid=4712\n#\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
    return record().crash("boot", NONE);
  }

  @Test
  void aKillByHandIsNoEvidence() {
    assertEquals(Optional.empty(), record().crash("boot", NONE));
  }

  @Test
  void aKillForLackOfMemoryIs() {
    assertEquals(Optional.of("killed for lack of memory"), record().crash("boot", kills(4)));
  }

  @Test
  void afterARestartOfTheMachineItsCountsSayNothing() {
    assertEquals(Optional.empty(), record().crash("next boot", kills(4)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "SIGSEGV (0xb) at pc=0x00007f436a78ff14 (sent by kill); SIGSEGV",
        "SIGBUS (0x7) at pc=0x00007f436a78ff14; SIGBUS",
        "Internal Error (os_linux.cpp:2798); a fatal error of the Java machine"
      })
  void theErrorFileOfTheJavaMachineIs(String cause, String expected) throws IOException {
    assertEquals(Optional.of(expected), crash(cause, 4711, STARTED + 10_000));
  }

  @Test
  void theErrorFileOfAnotherProcessIsNot() throws IOException {
    String cause = "SIGSEGV (0xb) at pc=0x00007f436a78ff14";
    assertEquals(Optional.empty(), crash(cause, 4711, STARTED - 60_000), "of an older process");
    assertEquals(Optional.empty(), crash(cause, 47110, STARTED + 10_000), "of another one");
  }

  @Test
  void whatASupervisorSawIs() {
    assertEquals(Optional.of("SIGABRT"), record().endedBy("SIGABRT").crash("boot", NONE));
  }

  @Test
  void looksWhereTheJavaMachineWrites() {
    assertEquals(
        List.of(
            "/errors/e_42_42.log",
            directory.resolve("hs_err_pid42.log") + "",
            "/tmp/hs_err_pid42.log"),
        ProcessRecord.errorFiles("/errors/e_%p_%p.log", 42, directory));
    assertEquals(
        directory.resolve("e.log") + "", ProcessRecord.errorFiles("e.log", 42, directory).get(0));
    ProcessRecord current = ProcessRecord.current();
    String name = "hs_err_pid" + ProcessHandle.current().pid() + ".log";
    assertTrue(
        current.errorFiles().contains(Path.of("").toAbsolutePath().resolve(name).toString()),
        current.toString());
    assertEquals(Optional.empty(), current.crash());
  }

  @Test
  void isTheSameFromTheStore() {
    ProcessRecord signalled = record().endedBy("SIGBUS");
    assertEquals(Optional.of(signalled), ProcessRecord.parse(signalled.json()));
    ProcessRecord grouped =
        new ProcessRecord(
            1,
            "boot",
            2,
            List.of("/a b"),
            new OutOfMemoryKills(OptionalLong.empty(), Optional.of("g 7"), OptionalLong.of(3)),
            Optional.empty());
    assertEquals(Optional.of(grouped), ProcessRecord.parse(grouped.json()));
    for (String other : List.of("", "7", "{}", "{\"pid\":\"x\"}", "{\"pid\":1,\"cgroup\":\"g\"}")) {
      assertEquals(Optional.empty(), ProcessRecord.parse(other), other);
    }
  }
}
