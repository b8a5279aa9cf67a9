package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.testing.QuickStart;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How a Java process is started.
 *
 * @param flags of the Java machine
 * @param program what it runs
 * @param environment variables beside those of this process
 */
record Launch(List<String> flags, List<String> program, Map<String, String> environment) {
  /**
   * A build in the background of a shell or under nohup ignores signals, and its children would
   * too. A crash leaves no core file. The process keeps its number.
   */
  private static final List<String> SHELL =
      List.of("env", "--default-signal=INT,QUIT,HUP", "sh", "-c", "ulimit -c 0; exec \"$@\"", "sh");

  Launch {
    flags = List.copyOf(flags);
    program = List.copyOf(program);
    environment = Map.copyOf(environment);
  }

  /** The jar, with what lets a process that is over soon start sooner. */
  static Launch jar() {
    return jar(QuickStart.flags());
  }

  /** The jar, without an archive of its classes. */
  static Launch unarchivedJar() {
    return jar(QuickStart.UNARCHIVED);
  }

  private static Launch jar(List<String> flags) {
    return new Launch(flags, List.of("-jar", QuickStart.jarFile()), Map.of("LC_ALL", "C.UTF-8"));
  }

  /** A class of the tests, in place of the jar. */
  Launch program(Class<?> main) {
    String classes = new File("target/test-classes").getAbsolutePath();
    return new Launch(
        flags,
        List.of("-cp", classes + File.pathSeparator + QuickStart.jarFile(), main.getName()),
        environment);
  }

  Launch flag(String... more) {
    return new Launch(
        Stream.concat(flags.stream(), Stream.of(more)).toList(), program, environment);
  }

  /** With variables of the environment: name, value, name, value and so on. */
  Launch environment(String... more) {
    Map<String, String> all = new TreeMap<>(environment);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return new Launch(flags, program, all);
  }

  /**
   * With {@code kill_in_write.c}, compiled into a directory.
   *
   * @param file how the file's name begins
   */
  Launch watching(Path directory, String file) throws IOException, InterruptedException {
    Path library = directory.resolve("kill_in_write.so");
    if (!Files.exists(library)) {
      compile("src/test/native/kill_in_write.c", library);
    }
    return environment("LD_PRELOAD", library.toString(), "KILL_FILE", file);
  }

  private static void compile(String source, Path library)
      throws IOException, InterruptedException {
    try {
      Process gcc =
          new ProcessBuilder(
                  "gcc",
                  "-O1",
                  "-Wall",
                  "-Wextra",
                  "-Werror",
                  "-fPIC",
                  "-shared",
                  "-o",
                  library.toString(),
                  source,
                  "-ldl")
              .redirectErrorStream(true)
              .start();
      String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(gcc.waitFor() == 0, said);
    } catch (IOException e) {
      abort("no gcc here; install it to kill processes in the middle of a write");
    }
  }

  /** Starts it in a working directory. */
  RunProcess start(Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(SHELL);
    command.addAll(TestJvm.command());
    command.addAll(flags);
    command.addAll(program);
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new RunProcess(builder.start(), out, err);
  }
}
