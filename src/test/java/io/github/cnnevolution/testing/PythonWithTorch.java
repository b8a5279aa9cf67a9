package io.github.cnnevolution.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python that can import torch: the one that {@code CNN_EVOLUTION_PYTHON} names, {@code python3},
 * or the system's.
 *
 * @param executable the interpreter
 */
public record PythonWithTorch(String executable) {
  /**
   * What a script printed, both streams together.
   *
   * @param code exit code
   * @param output standard output and error
   */
  public record Result(int code, String output) {}

  /** The first that works; where there is none, the calling test is skipped with a message. */
  public static PythonWithTorch required() throws IOException, InterruptedException {
    for (String candidate :
        Stream.of(System.getenv("CNN_EVOLUTION_PYTHON"), "python3", "/usr/bin/python3")
            .filter(Objects::nonNull)
            .toList()) {
      try {
        if (execute(List.of(candidate, "-c", "import torch")).code() == 0) {
          return new PythonWithTorch(candidate);
        }
      } catch (IOException e) {
        // Not installed: the next one may be.
      }
    }
    Assumptions.abort(
        "no Python with torch here; install python3-torch to check the files with PyTorch");
    throw new AssertionError("unreachable");
  }

  /** Runs a script of {@code src/test/python}. */
  public Result run(String script, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(executable, "-W", "ignore", "src/test/python/" + script));
    command.addAll(arguments);
    return execute(command);
  }

  private static Result execute(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("python", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("no answer from " + command);
      }
      return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }
}
