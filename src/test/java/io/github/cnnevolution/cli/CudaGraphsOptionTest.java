package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.engine.CandidateSettings;
import io.github.cnnevolution.engine.CudaGraphsMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaGraphsOptionTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evolve | | AUTO",
        "evolve | --cuda_graphs | ON",
        "evolve | --cuda-graphs --seed 3 | ON",
        "evolve | --cuda_graphs on --seed 3 | ON",
        "evolve | --cuda_graphs=off | OFF",
        "evolve | --cuda-graphs auto | AUTO",
        "train | --cuda_graphs w16-k2-relu-d | ON",
        "train | w16-k2-relu-d --cuda_graphs | ON",
        "train | --cuda_graphs off w16-k2-relu-d | OFF",
        "train | --cuda_graphs -- off | ON",
      })
  void theValueMayBeLeftOut(String command, String words, CudaGraphsMode expected)
      throws Exception {
    Command of = command.equals("train") ? new TrainCommand() : new EvolveCommand();
    Arguments arguments =
        Arguments.parse(of, words == null ? List.of() : Arrays.asList(words.split(" ", -1)));
    assertEquals(expected, mode(arguments));
    if (command.equals("train") && words.contains("w16")) {
      assertEquals(List.of("w16-k2-relu-d"), arguments.operands());
    }
  }

  /** Files of earlier versions have a truth value. */
  @ParameterizedTest
  @CsvSource({"true,ON", "false,OFF", "\"auto\",AUTO", "\"on\",ON", "\"off\",OFF", "null,AUTO"})
  void aFileHasAValueOrATruthValue(String value, CudaGraphsMode expected) throws Exception {
    Path file =
        Files.writeString(directory.resolve("config.json"), "{\"cuda_graphs\": " + value + "}");
    assertEquals(
        expected, mode(Arguments.parse(new EvolveCommand(), List.of("--config", file.toString()))));
  }

  @Test
  void theCommandLineWins() throws Exception {
    Path file = Files.writeString(directory.resolve("config.json"), "{\"cuda_graphs\": true}");
    assertEquals(
        CudaGraphsMode.AUTO,
        mode(
            Arguments.parse(
                new EvolveCommand(),
                List.of("--config", file.toString(), "--cuda_graphs", "auto"))));
  }

  private static CudaGraphsMode mode(Arguments arguments) throws UsageException {
    CandidateSettings.Builder settings = CandidateSettings.builder();
    GpuOptions.apply(arguments, settings);
    return settings.build().gpu().cudaGraphs();
  }
}
