package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.testing.RunStore;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A search without generations, with a surrogate and two workers, whose process is killed again and
 * again: real processes and real trainings. It ends as if nothing had happened, to the last bit.
 */
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class KilledSteadySearchIT {
  /** Small networks, whose trainings differ in length. */
  private static final List<String> OPTIONS =
      List.of(
          ("evolve --algorithm steady --surrogate --lookahead 4"
                  + " --data synthetic --train_limit 60 --epochs 1 --batch_size 10 --seed 5")
              .split(" ", -1));

  /**
   * How large a search is.
   *
   * @param maxFlops of its networks; there are more of them than evaluations
   */
  private record Size(int evaluations, String maxFlops) {}

  private static final Size FEW = new Size(32, "40M");
  private static final Size MANY = new Size(100, "100M");

  @TempDir private static Path shared;
  @TempDir private Path directory;

  private static Found few;

  /**
   * What a search has found.
   *
   * @param proposals with their operators, parents and predictions
   * @param outcomes in the order of the proposals
   * @param facts of best_chromosome.json
   * @param model content of best_model.pt
   */
  private record Found(
      List<StoredProposal> proposals,
      List<Outcome> outcomes,
      Map<String, JsonNode> facts,
      ByteBuffer model) {
    private static final List<String> FACTS =
        List.of("chromosome", "fitness", "test_accuracy", "trainings", "interrupted");

    static Found in(Path run) throws Exception {
      JsonNode best = new ObjectMapper().readTree(run.resolve("best_chromosome.json").toFile());
      Map<String, JsonNode> facts = new TreeMap<>();
      FACTS.forEach(name -> facts.put(name, best.get(name)));
      try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
        return new Found(
            store.proposals(),
            store.outcomes(),
            facts,
            ByteBuffer.wrap(Files.readAllBytes(run.resolve("best_model.pt"))));
      }
    }
  }

  private static RunProcess start(Path directory, String... arguments) throws Exception {
    return Launch.jar().start(directory, arguments);
  }

  private static RunProcess search(Path directory, Size size, int workers, String out)
      throws Exception {
    List<String> words = new ArrayList<>(OPTIONS);
    words.addAll(List.of("--evaluations", String.valueOf(size.evaluations)));
    words.addAll(List.of("--max_flops", size.maxFlops));
    words.addAll(List.of("--workers", String.valueOf(workers), "--out", out));
    return start(directory, words.toArray(String[]::new));
  }

  private static Found uninterrupted(Size size, String out) throws Exception {
    search(shared, size, 2, out).endsWith(0);
    Found found = Found.in(shared.resolve(out));
    assertEquals(size.evaluations, found.proposals.size());
    assertEquals(size.evaluations, found.outcomes.size());
    return found;
  }

  @BeforeAll
  static void aShortSearch() throws Exception {
    few = uninterrupted(FEW, "few");
  }

  /**
   * The seed is printed, so that a failure can be repeated. A process is killed soon after it has
   * stored none, one or two results, so that the search is not over before the last kill.
   */
  private void assertSameAfter(int kills, Size size, Found expected) throws Exception {
    long seed = System.nanoTime();
    System.out.println(kills + " kills: seed " + seed);
    Random random = new Random(seed);
    Path run = directory.resolve("run");
    RunProcess process = search(directory, size, 2, "run");
    // Before its first result there may be no run yet to go on with.
    process.awaitStored(run, 1);
    for (int kill = 0; kill < kills; kill++) {
      process.awaitStored(run, RunStore.size(run) + random.nextInt(3));
      Thread.sleep(random.nextInt(100));
      assertTrue(process.process().isAlive(), "over after " + kill + " kills: " + process.text());
      process.kill();
      process = start(directory, "evolve", "--resume", "run");
    }
    process.endsWith(0);
    Found found = Found.in(run);
    assertEquals(expected.proposals, found.proposals);
    assertEquals(expected.outcomes, found.outcomes);
    assertEquals(expected.facts, found.facts);
    assertEquals(expected.model, found.model);
    assertEquals(RunStore.size(run), RunProcess.fitness(run).size(), "no network is trained twice");
    RunProcess.assertIntact(run);
  }

  @Test
  void killedFourTimesItFindsTheSame() throws Exception {
    assertSameAfter(4, FEW, few);
  }

  @Test
  @Tag("nightly")
  void killedTwentyTimesItFindsTheSame() throws Exception {
    assertSameAfter(20, MANY, uninterrupted(MANY, "many"));
  }

  /** With one worker no result overtakes another. */
  @Test
  @Tag("nightly")
  void oneWorkerFindsTheSame() throws Exception {
    search(directory, FEW, 1, "run").endsWith(0);
    assertEquals(few, Found.in(directory.resolve("run")));
  }
}
