package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.ShellText;
import io.github.cnnevolution.text.Text;
import java.nio.file.Path;

/** Command lines that resume a run or a training. */
final class Restart {
  private Restart() {}

  /** Returns the command line that resumes a run. */
  static String line(Path directory) {
    return line("evolve", directory);
  }

  /** Returns the command line that resumes the work of a command in its directory. */
  static String line(String command, Path directory) {
    String classPath = System.getProperty("java.class.path", "");
    String jar = classPath.endsWith(".jar") && !classPath.contains(":") ? classPath : "";
    return Text.format(
        "java -jar %s %s --resume %s",
        ShellText.quoted(jar.isEmpty() ? Application.PROGRAM + ".jar" : jar),
        command,
        ShellText.quoted(directory.toString()));
  }
}
