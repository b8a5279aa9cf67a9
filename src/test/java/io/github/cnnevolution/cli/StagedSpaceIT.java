package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.space.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Searches of staged spaces, with real processes and files. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class StagedSpaceIT {
  private static final String TINY =
      "--data synthetic --train_limit 40 --epochs 1 --batch_size 20 --workers 2";
  private static final String BOUNDED =
      TINY + " --space residual --max_parameters 120k --min_parameters 30k --max_flops 40M";
  private static final String OWN =
      """
      {"name": "mine", "stages": 2, "fixed": {"se_ratio": 4, "group_width": 8},
       "genes": [
        {"name": "block", "values": ["plain", "residual", "bottleneck", "inverted"]},
        {"name": "width", "values": [8, 16]},
        {"name": "blocks1", "values": [1, 2]},
        {"name": "se", "values": ["off", "on"]}]}""";

  @TempDir private Path directory;

  /** Runs the program here; words with {@code @} in them are files of the directory. */
  private String run(String command, int code) {
    CommandLineRun run = CommandLineRun.of(command.replace("@", directory + "/").split(" ", -1));
    run.endsWith(code);
    return run.text().replace(directory + "/", "@");
  }

  private JsonNode facts(String run) throws Exception {
    return new ObjectMapper()
        .readTree(Files.readAllBytes(directory.resolve(run).resolve("best_chromosome.json")));
  }

  /** Each network that the search trains keeps the bounds, also where a kill came between. */
  @Test
  @Tag("nightly")
  void aBoundedSearchFindsTheSameAfterAKill() throws Exception {
    String search = "evolve " + BOUNDED + " --pop_size 6 --generations 4 --mutation_rate 0.2";
    String header = run(search + " --out @whole", 0);
    assertTrue(
        header.contains(
            "space   residual, at least 30,000 parameters, at most 120,000 parameters, at most 40,000,000 flops"),
        header);
    String shown = run("runs show @whole", 0);
    assertTrue(shown.lines().anyMatch(l -> l.matches(" space +\\| residual +")), shown);
    try (EvaluationStore store =
        EvaluationStore.openToRead(directory.resolve("whole").resolve("run.db"))) {
      assertTrue(store.size() > 8, store.size() + " evaluations");
      for (StoredProposal proposal : store.proposals()) {
        Architecture network = store.decode(proposal.proposal().chromosome());
        assertTrue(network.parameters() <= 120_000, network + " " + network.parameters());
        assertTrue(network.parameters() >= 30_000, network + " " + network.parameters());
        assertTrue(network.flops() <= 40_000_000, network + " " + network.flops());
      }
    }
    Path killed = directory.resolve("killed");
    RunProcess process = Launch.jar().start(directory, (search + " --out killed").split(" ", -1));
    process.awaitStored(killed, 4);
    process.kill();
    run("evolve --resume @killed", 0);
    assertEquals(RunProcess.fitness(directory.resolve("whole")), RunProcess.fitness(killed));
    assertArrayEquals(
        Files.readAllBytes(directory.resolve("whole/best_model.pt")),
        Files.readAllBytes(killed.resolve("best_model.pt")));
    assertEquals(facts("whole").path("chromosome"), facts("killed").path("chromosome"));
    String refused = run("evolve --resume @killed --generations 5 --max_flops 50M", 2);
    assertTrue(refused.contains("--max_flops 50000000: the run in @killed was started"), refused);
  }

  @Test
  void theBestNetworkIsTrainedExportedAndUsed() throws Exception {
    run("evolve " + BOUNDED + " --pop_size 2 --generations 1 --top_k 2 --out @run", 0);
    run(
        "train --best @run --data synthetic --train_limit 40 --epochs 1 --batch_size 20 --out @full",
        0);
    assertEquals("residual", facts("full").path("architecture").path("space").asText());
    assertEquals(
        facts("run").path("architecture").path("phenotype"),
        facts("full").path("architecture").path("phenotype"));
    for (String format : List.of("python", "torchscript", "onnx")) {
      run("export --format " + format + " @run --out @network-" + format, 0);
    }
    try (Stream<Path> kept = Files.list(directory.resolve("run/top"))) {
      Path model = kept.filter(path -> path.toString().endsWith(".pt")).findFirst().orElseThrow();
      run("export --format python --model " + model + " --out @second.py", 0);
    }
    String again = run("evolve --config @run/best_chromosome.json --out @again", 0);
    assertTrue(again.contains("@again/best_model.pt"), again);
    assertEquals(facts("run").path("fitness"), facts("again").path("fitness"));
    String page = Files.readString(directory.resolve("run/report.html"));
    assertTrue(page.contains("growth34"), "the page has the genes");
  }

  @Test
  void whatBreaksABoundIsNotTrained() throws Exception {
    Files.writeString(
        directory.resolve("networks.txt"),
        "residual-32x1-32x1-32x1-relu\nresidual-64x2-128x2-256x2-512x2-relu\n");
    String message =
        "--max_parameters 5000000: the network residual-64x2-128x2-256x2-512x2-relu has 11,218,340 parameters";
    String evaluated =
        run("evaluate --space residual --chromosomes @networks.txt --max_parameters 5M " + TINY, 2);
    assertTrue(evaluated.contains(message), evaluated);
    String trained =
        run(
            "train residual-64x2-128x2-256x2-512x2-relu --space residual --max_parameters 5M --data synthetic --train_limit 40 --out @full",
            2);
    assertTrue(trained.contains(message), trained);
    assertFalse(Files.exists(directory.resolve("full")));
    String none = run("evolve " + TINY + " --space residual --max_parameters 10k --out @none", 2);
    assertTrue(
        none.contains(
            "--max_parameters 10000: no network of the space residual is so small; the smallest is inverted-32x1-32x1-32x1-s16-gelu with 26,660 parameters"),
        none);
    assertFalse(Files.exists(directory.resolve("none")));
  }

  /** A file of one's own, which grows; the run knows its space when the file is gone. */
  @Test
  void aSpaceOfOnesOwnGrowsDuringARun() throws Exception {
    Path file = Files.writeString(directory.resolve("own.json"), OWN);
    String search = "--pop_size 4 --mutation_rate 0.3 " + TINY;
    run("evolve --space @own.json --fix se=on --generations 2 --out @run " + search, 0);
    Files.delete(file);
    String more =
        OWN.replace("[8, 16]", "[8, 16, 24]")
            .replace(
                "\"on\"]}", "\"on\"]}, {\"name\": \"dropout\", \"values\": [\"as before\", 0.25]}");
    Files.writeString(directory.resolve("more.json"), more);
    String grown = run("evolve --resume @run --generations 4 --space @more.json", 0);
    assertTrue(
        grown.contains(
            "the search space has grown, and all chromosomes mean what they meant: gene width has more values: 24; gene dropout is new: 0.25"),
        grown);
    Files.delete(directory.resolve("more.json"));
    run("evolve --resume @run --generations 5", 0);
    try (EvaluationStore store =
        EvaluationStore.openToRead(directory.resolve("run").resolve("run.db"))) {
      for (StoredProposal proposal : store.proposals()) {
        int bits = proposal.proposal().generation() < 2 ? 5 : 7;
        assertEquals(bits, proposal.proposal().chromosome().length());
        Architecture network = store.decode(proposal.proposal().chromosome());
        assertEquals(proposal.phenotype(), network.phenotype());
        assertTrue(network.phenotype().contains("-se4"), network.phenotype());
      }
      assertEquals(20, store.proposals().size());
    }
    Files.writeString(directory.resolve("other.json"), OWN.replace("[8, 16]", "[8, 24]"));
    String refused = run("evolve --resume @run --generations 6 --space @other.json", 2);
    assertTrue(refused.contains("gene dropout is missing now"), refused);
    String pinned = run("evolve --resume @run --generations 6 --fix se=off", 2);
    assertTrue(pinned.contains("choices of gene se: on became off"), pinned);
    Files.writeString(directory.resolve("more.json"), more);
    String reused =
        run("evolve --space @more.json --reuse @run --generations 1 --out @second " + search, 0);
    assertTrue(reused.contains("generation 1/1"), reused);
    String clash =
        run("evolve --space @other.json --reuse @run --generations 1 --out @third " + search, 2);
    assertTrue(clash.contains("its search space mine is another one of this name"), clash);
  }

  @Test
  void networksAreDescribedWithTheirShortcuts() throws Exception {
    String table = run("describe --space residual residual-32x1-64x1-64x1-relu", 0);
    assertTrue(
        table.contains("Sum(2) of stage1.block1.conv2, stem.conv")
            && table.contains("of stage2.block1.act1"),
        table);
    String listed = run("spaces", 0);
    assertTrue(listed.contains("7,024,640"), listed);
    JsonNode space =
        new ObjectMapper().readTree(run("spaces residual --json --fix block=plain", 0));
    assertEquals(1_003_520, space.path("networks").asLong());
    assertEquals("[\"plain\"]", space.path("choices").path("block").toString());
    String bad = run("spaces nothing", 2);
    assertTrue(bad.contains("there are: plain, residual"), bad);
  }
}
