package io.github.cnnevolution.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Programs that are compared, each process of which computes with one thread. */
final class OneThreadProcess {
  private OneThreadProcess() {}

  /**
   * Runs a command to its end, and returns the lines that it prints.
   *
   * @throws IOException if it fails
   */
  static List<String> output(List<String> command) throws IOException, InterruptedException {
    List<String> printed = new ArrayList<>();
    run(command, Long.MAX_VALUE, printed::add);
    return printed;
  }

  /**
   * Runs a command, and reads each line when it is printed.
   *
   * @param seconds after which it is killed with its children; who ends before must succeed
   * @throws IOException if it fails
   */
  static void run(List<String> command, long seconds, Consumer<String> reader)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    Process process = builder.start();
    process.getOutputStream().close();
    CompletableFuture<Boolean> killed =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                if (process.waitFor(seconds, TimeUnit.SECONDS)) {
                  return false;
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              process.descendants().forEach(ProcessHandle::destroyForcibly);
              process.destroyForcibly();
              return true;
            });
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String text = lines.readLine(); text != null; text = lines.readLine()) {
        reader.accept(text);
      }
    }
    if (process.waitFor() != 0 && !killed.join()) {
      throw new IOException("exit code " + process.exitValue() + " of " + command);
    }
  }
}
