package io.github.cnnevolution.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python that can import torch: the one that {@code CNN_EVOLUTION_PYTHON} names, {@code python3},
 * or the system's.
 *
 * @param executable the interpreter
 */
public record PythonWithTorch(String executable) {
  private static final long MINUTES = 5;

  /** The first that works; where there is none, the calling test is skipped with a message. */
  public static PythonWithTorch required() throws IOException, InterruptedException {
    Optional<String> found = PythonProcess.find("torch", MINUTES, "python3", "/usr/bin/python3");
    if (found.isPresent()) {
      return new PythonWithTorch(found.get());
    }
    Assumptions.abort(
        "no Python with torch here; install python3-torch to check the files with PyTorch");
    throw new AssertionError("unreachable");
  }

  /** Runs a script of {@code src/test/python}. */
  public PythonProcess.Result run(String script, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(executable, "-W", "ignore", "src/test/python/" + script));
    command.addAll(arguments);
    return PythonProcess.execute(command, MINUTES);
  }
}
