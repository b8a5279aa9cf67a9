package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.evaluation.WilsonInterval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.Option;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures that real commands show. */
class FiguresIT {
  /** Options that say how a run is started and watched; they are no part of the run. */
  private static final Set<String> OF_THE_PROCESS =
      Set.of(
          "resume",
          "dashboard",
          "dashboard_host",
          "supervise",
          "executor",
          "spark_master",
          "spark_home",
          "config",
          "dry_run",
          "quiet",
          "log",
          "help");

  private static final List<String> SMALL =
      List.of("--data=synthetic", "--train_limit=60", "--batch_size=20", "--epochs=1");

  @TempDir private Path directory;

  private static CommandLineRun run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(SMALL);
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  private static JsonNode json(Path file) throws Exception {
    return new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void aSearchShowsHowFarToTrustItsBestAndEveryOption() throws Exception {
    Path out = directory.resolve("run");
    CommandLineRun search =
        run("evolve", "--pop_size=3", "--generations=2", "--max_time=1h", "--out=" + out);
    assertEquals(0, search.code(), search.err());
    JsonNode facts = json(out.resolve("best_chromosome.json"));
    int images = facts.at("/data/validation_images").asInt();
    WilsonInterval interval = WilsonInterval.of(facts.get("fitness").asDouble(), images);
    assertEquals(interval.low(), facts.get("fitness_low").asDouble());
    assertEquals(interval.high(), facts.get("fitness_high").asDouble());
    assertEquals(0.01, facts.get("chance").asDouble());
    for (String text :
        List.of(
            "accuracy on " + images + " validation images, chance 1.00 %",
            "only " + images + " validation images",
            "95 % interval",
            "the best of many candidates is biased upwards")) {
      assertTrue(search.out().contains(text), text + " in\n" + search.out());
    }
    JsonNode config = facts.get("config");
    for (Option option : new EvolveCommand().options().getOptions()) {
      if (!OF_THE_PROCESS.contains(option.getLongOpt())) {
        assertTrue(config.has(option.getLongOpt()), option.getLongOpt());
      }
    }
    assertEquals("3600s", config.get("max_time").asText());
    CommandLineRun shown = CommandLineRun.of("runs", "show", out.toString(), "--json");
    JsonNode run = new ObjectMapper().readTree(shown.out());
    assertTrue(run.get("generations").isInt());
    assertTrue(run.at("/options/pop_size").isInt());
    assertTrue(run.at("/options/learning_rate").isDouble());
    assertEquals(1, run.at("/rows/0/generation").asInt());
    assertEquals("random", run.at("/rows/0/operator").asText());
    CommandLineRun table = CommandLineRun.of("runs", "show", out.toString());
    assertTrue(table.out().contains("note: the best of many"), table.out());
    CommandLineRun list = CommandLineRun.of("runs", "list", directory.toString());
    assertTrue(list.out().contains("95 % interval"), list.out());
  }

  /** The test images are for the end of all choices, and validation is for choosing. */
  @Test
  void trainWithValidationDoesNotMeasureTheTestImages() throws Exception {
    Path out = directory.resolve("validated");
    CommandLineRun validated = run("train", "00000000000000000000", "--validate", "--out=" + out);
    assertEquals(0, validated.code(), validated.err());
    assertTrue(validated.out().contains("not measured: --validate"), validated.out());
    assertTrue(validated.out().contains("validation accuracy"), validated.out());
    JsonNode training = json(out.resolve("training.json"));
    assertTrue(training.at("/data/test_images").asInt() > 0);
    assertTrue(training.at("/seeds/0/test_accuracy").isNull());
    assertTrue(training.at("/options/epochs").isInt());
    JsonNode facts = json(out.resolve("best_chromosome.json"));
    assertTrue(facts.get("test_accuracy").isNull());
    for (Option option : new TrainCommand().options().getOptions()) {
      if (!OF_THE_PROCESS.contains(option.getLongOpt())
          && !Set.of("best", "out", "profile").contains(option.getLongOpt())) {
        assertTrue(facts.get("config").has(option.getLongOpt()), option.getLongOpt());
      }
    }
    assertTrue(facts.at("/config/validate").asBoolean());
    assertFalse(facts.at("/config/tta").asBoolean());

    CommandLineRun again = CommandLineRun.of("train", "--resume=" + out);
    assertEquals(0, again.code(), again.err());
    assertTrue(again.out().contains("not measured: --validate"), again.out());
    assertTrue(json(out.resolve("training.json")).at("/seeds/0/test_accuracy").isNull());
  }
}
