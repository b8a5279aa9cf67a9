package io.github.cnnevolution.cli;

import io.github.cnnevolution.files.FileFailure;
import io.github.cnnevolution.text.Text;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Restarts the program with Spark on its class path, as {@code spark-submit} would start it. */
final class SparkRestart {
  /** What Spark opens of Java; see org.apache.spark.launcher.JavaModuleOptions. */
  private static final List<String> OPENED =
      List.of(
          "java.base/java.lang",
          "java.base/java.lang.invoke",
          "java.base/java.lang.reflect",
          "java.base/java.io",
          "java.base/java.net",
          "java.base/java.nio",
          "java.base/java.util",
          "java.base/java.util.concurrent",
          "java.base/java.util.concurrent.atomic",
          "java.base/jdk.internal.ref",
          "java.base/sun.nio.ch",
          "java.base/sun.nio.cs",
          "java.base/sun.security.action",
          "java.base/sun.util.calendar",
          "java.security.jgss/sun.security.krb5");

  private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");

  private SparkRestart() {}

  /**
   * Restarts it; does not return.
   *
   * @param home the directory of Spark
   * @throws UsageException if Spark is not there, or the program cannot be restarted
   */
  static void with(Path home) throws UsageException {
    Path jars = home.resolve("jars");
    if (!hasSpark(jars)) {
      throw new UsageException(
          Text.format(
              "--spark_home %s: %s has no spark-core jar; name the directory of a Spark installation",
              home, jars));
    }
    try {
      List<byte[]> running = Utf8Restart.split(Files.readAllBytes(ARGUMENTS));
      List<byte[]> command = command(running, jars);
      ProgramReplacement program = new ProgramReplacement();
      program.setEnvironment("SPARK_HOME", home.toAbsolutePath().toString());
      program.start(java().toString(), command);
    } catch (IOException | LinkageError e) {
      throw cannotRestart(String.valueOf(e.getMessage()));
    }
    throw cannotRestart("exec failed");
  }

  private static UsageException cannotRestart(String reason) {
    return new UsageException(
        Text.format(
            "--spark_home: Java cannot be restarted with Spark (%s); start with spark-submit instead",
            reason));
  }

  private static boolean hasSpark(Path jars) throws UsageException {
    if (!Files.isDirectory(jars)) {
      return false;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(jars, "spark-core_*.jar")) {
      return found.iterator().hasNext();
    } catch (IOException e) {
      throw new UsageException(
          Text.format("--spark_home: cannot read %s: %s", jars, FileFailure.reason(e)));
    }
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** The arguments of the program are those after the jar or the class, byte for byte. */
  private static List<byte[]> command(List<byte[]> running, Path jars) throws UsageException {
    List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
    List<byte[]> command = new ArrayList<>();
    command.add(bytes(java().toString()));
    flags.forEach(flag -> command.add(bytes(flag)));
    OPENED.forEach(opened -> command.add(bytes("--add-opens=" + opened + "=ALL-UNNAMED")));
    if (flags.stream().noneMatch(flag -> flag.startsWith("-Dlog4j2.configurationFile="))) {
      command.add(
          bytes("-Dlog4j2.configurationFile=classpath:io/github/cnnevolution/spark/log.xml"));
    }
    command.add(bytes("-cp"));
    command.add(
        bytes(
            System.getProperty("java.class.path")
                + File.pathSeparator
                + jars.toAbsolutePath().resolve("*")));
    command.add(bytes(Main.class.getName()));
    int program = 1;
    while (program < running.size() && !isProgram(running, program)) {
      program++;
    }
    if (program == running.size()) {
      throw cannotRestart("its arguments are not known");
    }
    command.addAll(running.subList(program + 1, running.size()));
    return command;
  }

  private static boolean isProgram(List<byte[]> running, int index) {
    String word = new String(running.get(index), StandardCharsets.ISO_8859_1);
    String before = new String(running.get(index - 1), StandardCharsets.ISO_8859_1);
    return before.equals("-jar") || word.equals(Main.class.getName());
  }

  /** As Java reads its command line. */
  private static byte[] bytes(String text) {
    return text.getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
  }
}
