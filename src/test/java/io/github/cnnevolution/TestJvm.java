package io.github.cnnevolution;

import java.nio.file.Path;
import java.util.List;

/** The Java that tests start as processes of their own. */
public final class TestJvm {
  /**
   * Keeps the virtual machine from sharing its counters in a file. Two that start at once may lock
   * each other's file, and the second then prints a warning to standard output, which tests read.
   */
  public static final String NO_SHARED_COUNTERS = "-XX:-UsePerfData";

  private TestJvm() {}

  /** The program of the Java that runs the tests. */
  public static String executable() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The beginning of a command, before flags and class path. */
  public static List<String> command() {
    return List.of(executable(), NO_SHARED_COUNTERS);
  }
}
