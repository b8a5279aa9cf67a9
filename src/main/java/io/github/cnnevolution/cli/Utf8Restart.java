package io.github.cnnevolution.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Restarts the program in a UTF-8 locale where the system is set to ASCII, as bare containers, cron
 * and ssh often are. Java decides at its start how it reads arguments and file names. In an ASCII
 * locale it loses every letter beyond, and cannot open a file with such a name.
 *
 * <p>The new program replaces this one, as with {@code exec} in a shell: process id, standard
 * streams and arguments stay, byte for byte.
 */
final class Utf8Restart {
  /** The names of ASCII in the property that holds the encoding of file names. */
  private static final Set<String> ASCII = Set.of("ANSI_X3.4-1968", "US-ASCII", "ASCII");

  /** Set in the new program, so that a system without this locale does not restart it forever. */
  private static final String RESTARTED = "CNN_EVOLUTION_UTF8";

  private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");
  private static final String PROGRAM = "/proc/self/exe";

  private Utf8Restart() {}

  /** Restarts the program if it is needed and possible; does not return then. */
  static void ifNeeded() {
    if (!ASCII.contains(System.getProperty("sun.jnu.encoding", ""))
        || System.getenv(RESTARTED) != null) {
      return;
    }
    try {
      List<byte[]> arguments = split(Files.readAllBytes(ARGUMENTS));
      if (arguments.stream().noneMatch(Utf8Restart::opensPort)) {
        ProgramReplacement program = new ProgramReplacement();
        program.setEnvironment(RESTARTED, "1");
        program.setEnvironment("LC_ALL", "C.UTF-8");
        program.start(PROGRAM, arguments);
      }
    } catch (IOException | LinkageError e) {
      // No /proc or no JNA: names in ASCII still work.
      return;
    }
  }

  /** A debugger's or a monitor's port is still held by this program when the new one opens it. */
  private static boolean opensPort(byte[] argument) {
    String text = new String(argument, StandardCharsets.ISO_8859_1);
    return text.contains("jdwp") || text.contains("jmxremote");
  }

  /** Splits a text in which every part ends with a zero byte. */
  static List<byte[]> split(byte[] text) {
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length; i++) {
      if (text[i] == 0) {
        parts.add(Arrays.copyOfRange(text, start, i));
        start = i + 1;
      }
    }
    return parts;
  }
}
