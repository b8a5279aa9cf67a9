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
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python that can import Pillow and NumPy: the one that {@code CNN_EVOLUTION_PYTHON} names, the
 * system's, or {@code python3}.
 */
public final class PythonWithPillow {
  private final String executable;

  private PythonWithPillow(String executable) {
    this.executable = executable;
  }

  /** Returns the first that works. If there is none, the calling test is skipped with a message. */
  public static PythonWithPillow required() throws IOException, InterruptedException {
    for (String candidate :
        Stream.of(System.getenv("CNN_EVOLUTION_PYTHON"), "/usr/bin/python3", "python3")
            .filter(Objects::nonNull)
            .toList()) {
      try {
        if (code(List.of(candidate, "-c", "import numpy, PIL.Image")) == 0) {
          return new PythonWithPillow(candidate);
        }
      } catch (IOException e) {
        // Not installed: the next one may be.
      }
    }
    Assumptions.abort(
        "no Python with Pillow and NumPy here; install python3-pil and python3-numpy to compare"
            + " pictures with another decoder");
    throw new AssertionError("unreachable");
  }

  /** Runs a script of {@code src/test/python}, which must succeed. */
  public void run(String script, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(executable, "src/test/python/" + script));
    command.addAll(List.of(arguments));
    Assertions.assertEquals(0, code(command), "the exit code of " + command);
  }

  private static int code(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("python", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("no answer from " + command);
      }
      if (process.exitValue() != 0) {
        System.out.println(Files.readString(output, StandardCharsets.UTF_8));
      }
      return process.exitValue();
    } finally {
      Files.delete(output);
    }
  }
}
