package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamTargetTest {
  @ParameterizedTest
  @CsvSource({
    "/dev/pts/0, false, true",
    "/dev/pts/12, false, true",
    "pipe:[4711], false, false",
    "socket:[4711], false, false",
    "/dev/null, false, false",
    "/dev/pts/0, true, false",
    "/tmp/out.txt, true, false",
    "pipe:[4711], true, false",
  })
  void linuxTells(String link, boolean isFile, boolean isTerminal) {
    assertEquals(Optional.of(isTerminal), new StreamTarget(link, isFile).isTerminal());
  }

  /** A console, the main side of a pseudo terminal, a terminal of another container. */
  @ParameterizedTest
  @CsvSource({"/dev/console", "/dev/tty1", "/dev/pts/ptmx", "/0", "/dev/pts/1 (deleted)", "''"})
  void theCLibraryMustTell(String link) {
    assertEquals(Optional.empty(), new StreamTarget(link, false).isTerminal());
  }

  @Test
  void agreesWithTheCLibraryOnAllThatThisProcessHasOpen() throws IOException {
    int known = 0;
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : links.toList()) {
        int descriptor = Integer.parseInt(link.getFileName().toString());
        Optional<Boolean> told = StreamTarget.of(descriptor).isTerminal();
        if (told.isPresent()) {
          known++;
          assertEquals(Terminals.LibC.INSTANCE.isatty(descriptor) == 1, told.get(), link::toString);
        }
      }
    }
    assertFalse(known == 0, "nothing is known of any descriptor");
  }
}
