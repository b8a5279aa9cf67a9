package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that really diverge, since their learning rate is absurd. */
class FailedCandidatesIT {
  private static final List<String> HOPELESS =
      List.of(
          "--data",
          "synthetic",
          "--train_limit",
          "100",
          "--epochs",
          "1",
          "--batch_size",
          "20",
          "--learning_rate",
          "1e30");

  @TempDir private Path directory;

  private static CommandLineRun run(String input, String... more) {
    return CommandLineRun.withInput(
        input, Stream.concat(Stream.of(more), HOPELESS.stream()).toArray(String[]::new));
  }

  @Test
  void aRunOfFailuresGoesOnToItsEndAndSaysWhy() throws Exception {
    Path out = directory.resolve("run");
    CommandLineRun run =
        run("", "evolve", "--pop_size", "3", "--generations", "2", "--out", out.toString());
    assertEquals(1, run.code());
    assertEquals(
        "cnn-evolution: every candidate failed, for the reasons above; there is no model\n",
        run.err());
    assertEquals(2, run.outLines().stream().filter(l -> l.startsWith("generation ")).count());
    assertTrue(
        run.out().contains("best none") && run.out().contains("mean none  failures 3"), run.out());
    assertTrue(run.out().contains("diverged: the loss is NaN in epoch 1"), run.out());
    assertFalse(Files.exists(out.resolve("best_model.pt")));
  }

  @Test
  void evaluateReportsEachFailureWithItsReason() throws Exception {
    CommandLineRun run =
        run(
            "00000000000000000000\n00000010000000000000\n",
            "evaluate",
            "--json",
            "--chromosomes",
            "-");
    assertEquals(1, run.code(), "all have failed");
    assertEquals(2, run.outLines().size());
    for (String line : run.outLines()) {
      JsonNode object = new ObjectMapper().readTree(line);
      assertEquals(-1, object.get("fitness").asDouble());
      assertTrue(object.get("error").asText().startsWith("diverged"), line);
      assertFalse(object.has("test_accuracy"), "only with --test");
    }
  }
}
