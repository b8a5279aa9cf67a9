package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.space.Bounds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Early stopping with real trainings: who goes on has the bits of a training in one go. */
class EarlyStoppingIT {
  @TempDir Path directory;

  @BeforeAll
  static void prepare() {
    LibTorch.prepare();
  }

  /** The random search proposes the same networks with and without early stopping. */
  private SearchSettings.Builder settings(String name, int workers, boolean stopping) {
    AlgorithmSettings random = AlgorithmSettings.of("random").withEvaluations(9).withLookahead(3);
    return SearchSettings.builder()
        .builtIn(stopping ? random.withEarlyStopping() : random)
        .data("synthetic")
        .trainLimit(60)
        .epochs(5)
        .batchSize(20)
        .bounds(
            new Bounds(
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.of(60_000_000)))
        .seed(4)
        .workers(workers)
        .topK(3)
        .directory(directory.resolve(name));
  }

  private static SearchResult run(SearchSettings settings, SearchListener listener)
      throws Exception {
    try (Search search = Search.start(settings, listener)) {
      return search.run();
    }
  }

  private static List<StoredEvaluation> rows(SearchResult result) {
    List<StoredEvaluation> rows = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(result.directory().database())) {
      store.forEach(rows::add);
    }
    return rows;
  }

  /** What does not depend on time or workers, by network and part. */
  private static Map<String, Object> results(SearchResult result) {
    Map<String, Object> results = new HashMap<>();
    for (StoredEvaluation row : rows(result)) {
      Evaluation evaluation = row.evaluation();
      results.put(
          evaluation.job().architecture().phenotype() + " " + evaluation.job().fraction(),
          List.of(
              row.key(), evaluation.fitness(), evaluation.trainedFraction(), evaluation.curve()));
    }
    return results;
  }

  @Test
  void whoGoesOnHasTheBitsOfATrainingInOneGo() throws Exception {
    SearchResult whole = run(settings("whole", 1, false).build(), SearchListener.NONE);
    List<Integer> checkpoints = new ArrayList<>();
    SearchListener counting =
        new SearchListener() {
          @Override
          public synchronized void onEnd(Evaluation evaluation) {
            Path rungs = directory.resolve("stopping").resolve("rungs");
            try (Stream<Path> files = Files.exists(rungs) ? Files.list(rungs) : Stream.of()) {
              checkpoints.add((int) files.count());
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        };
    SearchResult stopping = run(settings("stopping", 2, true).build(), counting);
    Map<String, Object> inOneGo = results(whole);
    Map<String, Object> inParts = results(stopping);
    Map<String, Object> wentOn = new HashMap<>(inParts);
    wentOn.keySet().removeIf(name -> !name.endsWith(" 1.0"));
    assertTrue(wentOn.size() >= 2 && wentOn.size() < 9, wentOn.size() + " went on");
    assertEquals(wentOn.size() + 9, inParts.size());
    wentOn.forEach((name, result) -> assertEquals(inOneGo.get(name), result, name));
    assertTrue(checkpoints.stream().allMatch(count -> count <= 3), checkpoints.toString());
    assertTrue(checkpoints.contains(1) || checkpoints.contains(2), checkpoints.toString());
    assertFalse(Files.exists(directory.resolve("stopping").resolve("rungs")));

    // Another run takes the whole trainings over, and trains the others only.
    SearchResult reused =
        run(
            settings("reused", 1, false).reuse(List.of(directory.resolve("stopping"))).build(),
            SearchListener.NONE);
    assertEquals(inOneGo, results(reused));
    assertEquals(
        wentOn.size(), rows(reused).stream().filter(row -> row.source().isPresent()).count());

    // Stopped in the middle it goes on to the same end.
    Thread caller = Thread.currentThread();
    SearchListener interrupting =
        new SearchListener() {
          private int ended;

          @Override
          public synchronized void onEnd(Evaluation evaluation) {
            ended++;
            if (ended == 6) {
              caller.interrupt();
            }
          }
        };
    SearchResult stopped = run(settings("stopped", 1, true).build(), interrupting);
    Thread.interrupted();
    assertEquals(SearchResult.Stop.INTERRUPTED, stopped.stop());
    try (Search search =
        Search.resume(stopped.directory().path(), changes -> changes, SearchListener.NONE)) {
      SearchResult resumed = search.run();
      assertEquals(inParts, results(resumed));
      assertEquals(
          stopping.summary().orElseThrow().figures().stopped(),
          resumed.summary().orElseThrow().figures().stopped());
      assertEquals(-1, Files.mismatch(stopping.model(), resumed.model()));
      assertFalse(Files.exists(resumed.directory().rungs()));
    }
  }
}
