package io.github.cnnevolution.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python that can import Pillow and NumPy: the one that {@code CNN_EVOLUTION_PYTHON} names, the
 * system's, or {@code python3}.
 */
public final class PythonWithPillow {
  private static final long MINUTES = 10;

  private final String executable;

  private PythonWithPillow(String executable) {
    this.executable = executable;
  }

  /** Returns the first that works. If there is none, the calling test is skipped with a message. */
  public static PythonWithPillow required() throws IOException, InterruptedException {
    Optional<String> found =
        PythonProcess.find("numpy, PIL.Image", MINUTES, "/usr/bin/python3", "python3");
    if (found.isPresent()) {
      return new PythonWithPillow(found.get());
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
    PythonProcess.Result result = PythonProcess.execute(command, MINUTES);
    Assertions.assertEquals(0, result.code(), () -> command + "\n" + result.output());
  }
}
