package io.github.cnnevolution.benchmarks;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the start of the process to the first result: {@code evaluate} on the built-in images with
 * one training step. An upper bound of the time to the first training step, since it includes this
 * step, the validation of 100 images and the end of the process. The first run unpacks the natives.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
public class Startup {
  private static final List<String> ARGUMENTS =
      List.of(
          "evaluate --chromosomes - --data synthetic --epochs 1 --batch_size 64 --train_limit 64 --workers 1 --gpus none"
              .split(" "));

  /** One process. */
  @Benchmark
  public int process() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.github.cnnevolution.cli.Main");
    command.addAll(ARGUMENTS);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (Writer input = process.outputWriter(StandardCharsets.US_ASCII)) {
      input.write("00000000000000000000\n");
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("exit code " + process.exitValue());
    }
    return process.exitValue();
  }
}
