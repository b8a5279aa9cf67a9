package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Chromosome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {
  private static final RunFacts.Digests DIGESTS =
      new RunFacts.Digests("a", Optional.empty(), Optional.of("b"));

  private static final Generation GENERATION =
      new Generation(0, List.of(new Individual(new Chromosome("0".repeat(20)), 0.5)));

  @TempDir private Path directory;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private RunDirectory run;
  private EvaluationStore store;
  private ReportFile file;

  @BeforeEach
  void create() {
    run = new RunDirectory(directory);
    RunFacts facts =
        new RunFacts(
            0,
            Map.of("generations", "2"),
            "plain",
            "genetic",
            "accuracy",
            "data",
            DIGESTS,
            100,
            OptionalInt.of(1000),
            "0",
            "0",
            1,
            0,
            Optional.empty());
    store = EvaluationStore.create(run.database(), facts.facts());
    Proposal proposal =
        new Proposal(0, 0, new Chromosome("0".repeat(20)), Operators.RANDOM, List.of());
    store.appendProposals(List.of(new StoredProposal(proposal, "w16-k2-relu-d")));
    store.appendOutcomes(List.of(Outcome.of(0, 0.5)));
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    file = new ReportFile(new Console(new ByteArrayInputStream(new byte[0]), stream, stream));
    file.onSearchStart(MadeUpSearch.start(run, store, List::of));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aGenerationIsOnThePage() throws Exception {
    file.onGenerationEnd(GENERATION, MadeUpSearch.NOTHING_TRAINED);
    String page = Files.readString(run.report());
    assertTrue(
        page.contains("\"state\":\"running\"") && page.contains("\"00000000000000000000\",0.5"));
    file.onSearchEnd(RunState.FINISHED);
    assertTrue(Files.readString(run.report()).contains("\"state\":\"finished\""));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  /** A hundred generations in an instant are not a hundred pages. */
  @Test
  void thePageIsNotWrittenAgainAtOnce() throws Exception {
    file.onGenerationEnd(GENERATION, MadeUpSearch.NOTHING_TRAINED);
    Files.delete(run.report());
    for (int i = 0; i < 3; i++) {
      file.onGenerationEnd(GENERATION, MadeUpSearch.NOTHING_TRAINED);
    }
    assertTrue(Files.notExists(run.report()));
  }

  @Test
  void whatCannotBeWrittenIsSaidOnceAndHarmsNothing() throws Exception {
    Files.createDirectories(run.report().resolve("in the way"));
    file.onSearchEnd(RunState.RUNNING);
    file.onSearchEnd(RunState.RUNNING);
    List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.get(0).startsWith("cannot write " + run.report() + ": "), lines.get(0));
    assertTrue(lines.get(0).contains("the run continues"), lines.get(0));
    Files.delete(run.report().resolve("in the way"));
    Files.delete(run.report());
    file.onSearchEnd(RunState.FINISHED);
    assertTrue(Files.isRegularFile(run.report()));
  }
}
