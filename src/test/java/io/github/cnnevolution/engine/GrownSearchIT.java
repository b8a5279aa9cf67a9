package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.SpaceExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A search goes on in a space that has grown: a function of the seed and of what it had done. */
class GrownSearchIT {
  @TempDir Path directory;

  @BeforeAll
  static void prepare() {
    LibTorch.prepare();
  }

  /** What a run has stored of its search. */
  private record History(List<StoredProposal> proposals, List<Outcome> outcomes) {
    static History of(Path run) {
      try (EvaluationStore store = EvaluationStore.openToRead(new RunDirectory(run).database())) {
        return new History(store.proposals(), store.outcomes());
      }
    }

    long networks() {
      return proposals.stream().map(StoredProposal::phenotype).distinct().count();
    }
  }

  private Path started(String name, String algorithm, int evaluations) throws Exception {
    Path run = directory.resolve(name);
    SearchSettings settings = GrownRun.settings(run, algorithm, evaluations).build();
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      search.run();
    }
    return run;
  }

  /** Goes on with a run; returns what it said. */
  private static List<String> resume(Path run, UnaryOperator<SearchSettings.Builder> changes)
      throws Exception {
    List<String> notices = new ArrayList<>();
    SearchListener listener =
        new SearchListener() {
          @Override
          public void onNotice(String text) {
            notices.add(text);
          }
        };
    try (Search search =
        Search.resume(
            run, b -> changes.apply(b.evaluators(any -> GrownRun.drawn(any, false))), listener)) {
      search.run();
    }
    return notices;
  }

  private static SearchSettings.Builder grow(SearchSettings.Builder builder, int evaluations) {
    builder.builtIn().ifPresent(then -> builder.builtIn(then.withEvaluations(evaluations)));
    return builder.space(GrownRun.after());
  }

  private static Path copy(Path run, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(run.relativize(file).toString()));
      }
    }
    return to;
  }

  @ParameterizedTest
  @CsvSource({"local", "steady surrogate stops", "genetic surrogate", "genetic front surrogate"})
  void itIsTheSameForAnyWorkersAndKills(String algorithm) throws Exception {
    Path first = started("first", algorithm, 12);
    History before = History.of(first);
    Path killed = copy(first, directory.resolve("killed"));
    List<String> notices = resume(first, b -> grow(b, 40));
    assertTrue(
        notices.toString().contains("gene width has more values: 4; gene dropout is new: 0.25"),
        notices.toString());
    History whole = History.of(first);
    assertEquals(40, whole.networks());
    if (!algorithm.endsWith("stops")) {
      assertEquals(before.proposals(), whole.proposals().subList(0, before.proposals().size()));
    }
    long grown =
        whole.proposals().stream().filter(p -> p.proposal().chromosome().length() == 7).count();
    assertTrue(grown >= 22, grown + " proposals in the larger space");
    assertTrue(
        whole.proposals().stream().anyMatch(p -> p.phenotype().endsWith("-d0.25")),
        "the new gene is not used");
    // Three workers; stopped at once after the growth, then killed, and never told again.
    Search.resume(
            killed,
            b -> grow(b.workers(3).evaluators(any -> GrownRun.drawn(any, false)), 40),
            SearchListener.NONE)
        .close();
    killAfter(2 + algorithm.length() % 10, killed);
    resume(killed, b -> b);
    assertEquals(whole, History.of(killed));
    assertEquals(StoredRun.of(new RunDirectory(first)).figures().networks(), 40);
    // It is over: nothing changes any more, also if the larger space is named again.
    resume(killed, b -> b.space(GrownRun.after()));
    assertEquals(whole, History.of(killed));
  }

  /** Starts a process that goes on with a run, and kills it when it has printed so many results. */
  private static void killAfter(int results, Path run) throws Exception {
    Process process =
        new ProcessBuilder(
                TestJvm.executable(),
                TestJvm.NO_SHARED_COUNTERS,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                GrownRun.class.getName(),
                run.toString(),
                "3")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (int seen = 0; seen < results; seen++) {
        assertTrue(lines.readLine() != null, "it ended before it was killed");
      }
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  /**
   * Trainings that went on at the end of the shorter search have other places in the longer one.
   */
  @Test
  void moreEvaluationsWithEarlyStopping() throws Exception {
    Path whole = started("whole", "steady stops", 30);
    Path longer = started("longer", "steady stops", 12);
    resume(
        longer,
        b -> {
          b.builtIn().ifPresent(then -> b.builtIn(then.withEvaluations(30)));
          return b;
        });
    assertEquals(History.of(whole), History.of(longer));
  }

  /** There are 32 networks. Without more evaluations a search that is over stays over. */
  @ParameterizedTest
  @CsvSource({"steady", "genetic surrogate", "genetic front"})
  void anExhaustedSearchHasNetworksAgain(String algorithm) throws Exception {
    Path run = started("exhausted", algorithm, 60);
    History before = History.of(run);
    assertEquals(32, before.networks());
    resume(run, b -> b.space(GrownRun.after()));
    History after = History.of(run);
    assertEquals(60, after.networks());
    assertEquals(before.proposals(), after.proposals().subList(0, before.proposals().size()));
    assertEquals(before.outcomes(), after.outcomes().subList(0, before.outcomes().size()));
    resume(run, b -> b.space(GrownRun.after()));
    assertEquals(after, History.of(run));
  }

  @Test
  void evaluationsOfTheSmallerSpaceAreReused() throws Exception {
    Path small = started("small", "random", 32);
    Path large = directory.resolve("large");
    SearchSettings settings =
        GrownRun.settings(large, "steady surrogate", 40)
            .space(GrownRun.after())
            .reuse(List.of(small))
            .build();
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      search.run();
    }
    StoredRun run = StoredRun.of(new RunDirectory(large));
    int reused = run.figures().reused().values().stream().mapToInt(n -> n).sum();
    assertTrue(reused > 0 && reused < 40, reused + " of 40 are those of the smaller space");
  }

  /** Bits are copied from the same network as before, or the past would be another one. */
  @Test
  void repairsAreThoseOfTheSpaceAtFirst() {
    Bounds bounds =
        new Bounds(
            OptionalLong.empty(),
            OptionalLong.of(7_000),
            OptionalLong.empty(),
            OptionalLong.empty());
    SearchSettings before = GrownRun.settings(directory, "steady", 20).bounds(bounds).build();
    SpaceExtension extension = SpaceExtension.of(GrownRun.before(), GrownRun.after(), 5);
    SearchSettings after =
        GrownRun.settings(directory, "steady", 20)
            .genomeSize(5)
            .space(extension.space())
            .bounds(bounds)
            .build();
    assertEquals(
        before.admission(100).orElseThrow().anchor(), after.admission(100).orElseThrow().anchor());
  }
}
