package io.github.cnnevolution.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds and starts Python interpreters. */
public final class PythonProcess {
  private PythonProcess() {}

  /**
   * What a command printed, both streams together.
   *
   * @param code exit code
   * @param output standard output and error
   */
  public record Result(int code, String output) {}

  /**
   * Returns the first interpreter that can import modules: the one that {@code
   * CNN_EVOLUTION_PYTHON} names, or one of these.
   *
   * @param minutes in which each must answer
   */
  static Optional<String> find(String modules, long minutes, String... candidates)
      throws IOException, InterruptedException {
    for (String candidate :
        Stream.concat(Stream.of(System.getenv("CNN_EVOLUTION_PYTHON")), Stream.of(candidates))
            .filter(Objects::nonNull)
            .toList()) {
      try {
        if (execute(List.of(candidate, "-c", "import " + modules), minutes).code() == 0) {
          return Optional.of(candidate);
        }
      } catch (IOException e) {
        // Not installed: the next one may be.
      }
    }
    return Optional.empty();
  }

  /** Runs a command, which must end within this time. */
  static Result execute(List<String> command, long minutes)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("python", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("no answer from " + command);
      }
      return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }
}
