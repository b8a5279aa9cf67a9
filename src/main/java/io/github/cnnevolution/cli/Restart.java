package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.ShellText;
import java.nio.file.Path;

/** How this program is started, for people to type. */
final class Restart {
  private Restart() {}

  /** The command line that goes on with a run. */
  static String line(Path directory) {
    return line("evolve", directory);
  }

  /** The same for another command. */
  static String line(String command, Path directory) {
    String classPath = System.getProperty("java.class.path", "");
    String jar = classPath.endsWith(".jar") && !classPath.contains(":") ? classPath : "";
    return "java -jar %s %s --resume %s"
        .formatted(
            ShellText.quoted(jar.isEmpty() ? Application.PROGRAM + ".jar" : jar),
            command,
            ShellText.quoted(directory.toString()));
  }
}
