package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directories of {@code train} are runs too. */
class TrainingRunsIT {
  @TempDir private Path directory;

  private static CommandLineRun ok(String... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  @Test
  void areListedShownAndReported() throws Exception {
    String training = directory.resolve("final").toString();
    ok(
        ("train w16-k2-relu-s --data synthetic --train_limit 20 --epochs 2 --seeds 2 --out "
                + training)
            .split(" "));

    CommandLineRun list = ok("runs", "list", directory.toString());
    assertTrue(
        list.out().matches("(?s).*final .*finished .*training, 2 epochs.*2.*0.*test 0\\.\\d{4}.*"),
        list.out());
    JsonNode line =
        new ObjectMapper().readTree(ok("runs", "list", directory.toString(), "--json").out());
    assertEquals("training", line.get("kind").asText());
    assertTrue(line.get("test_accuracy").isDouble());

    CommandLineRun show = ok("runs", "show", training);
    assertTrue(show.out().contains("w16-k2-relu-s") && show.out().contains("--epochs"));
    assertTrue(show.out().contains("test accuracy"), show.out());
    JsonNode json = new ObjectMapper().readTree(ok("runs", "show", training, "--json").out());
    assertEquals(2, json.get("rows").size());
    assertEquals(2, json.get("rows").get(0).get("loss").size());

    Path page = directory.resolve("final/report.html");
    Files.delete(page);
    ok("report", training);
    assertTrue(Files.readString(page).contains("w16-k2-relu-s"));

    CommandLineRun again = ok("train", "--resume", training);
    assertTrue(
        again.out().contains("this training is finished; to train further seeds: "), again.out());

    Files.writeString(directory.resolve("final/training.json"), "{");
    assertEquals(2, CommandLineRun.of("runs", "show", training).code());
    assertTrue(ok("runs", "list", directory.toString()).out().contains("unreadable"));
  }
}
