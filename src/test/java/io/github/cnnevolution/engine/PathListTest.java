package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several paths in one option. */
class PathListTest {
  @TempDir private Path directory;

  @Test
  void separatesAtColons() {
    assertEquals(List.of(Path.of("no/such"), Path.of("run")), PathList.parse(":no/such::run:"));
    assertEquals(List.of(), PathList.parse(""));
  }

  @Test
  void anExistingNameMayHaveColons() throws Exception {
    Path plain = Files.createDirectory(directory.resolve("a"));
    Path timed = Files.createDirectory(directory.resolve("run-12:30:00"));
    Path trap = Files.createDirectory(directory.resolve("run-12"));
    assertEquals(List.of(timed), PathList.parse(timed + ""));
    assertEquals(List.of(timed, plain), PathList.parse(timed + ":" + plain));
    assertEquals(
        List.of(plain, timed, trap, Path.of("no")),
        PathList.parse(plain + ":" + timed + ":" + trap + ":no"));
  }

  /** The message names what was typed, not a part of it. */
  @Test
  void whatDoesNotExistIsOneName() throws Exception {
    Path plain = Files.createDirectory(directory.resolve("b"));
    Path timed = Files.createDirectory(directory.resolve("run:1"));
    assertEquals(List.of(Path.of("no:such")), PathList.parse("no:such"));
    assertEquals(List.of(Path.of("no:such"), plain), PathList.parse("no:such:" + plain));
    assertEquals(List.of(plain, Path.of("no:such")), PathList.parse(plain + ":no:such"));
    assertEquals(List.of(Path.of("no"), timed), PathList.parse("no:" + timed));
    assertEquals(List.of(Path.of("no"), Path.of("such")), PathList.parse("no::such"));
  }

  @Test
  void aVeryLongListIsReadSoon() {
    assertEquals(20_000, PathList.parse("x::".repeat(20_000)).size());
    assertEquals(1, PathList.parse("x:".repeat(2_000)).size());
  }
}
