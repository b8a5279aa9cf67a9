package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.TrainingProgress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written to a terminal; how a real one shows it is in TerminalIT. */
class ScreenTest {
  private static final String ESCAPE = "\u001b";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private static Style style(int columns, int rows, boolean colour) {
    return new Style(() -> columns, () -> rows, colour, true);
  }

  private Screen screen(int columns, int rows) {
    return new Screen(terminal, StandardCharsets.UTF_8, style(columns, rows, false));
  }

  private String written() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Test
  void whatDoesNotFitIsCut() {
    screen(20, 3).show(List.of("x".repeat(50), "second", "third", "fourth"));
    assertEquals("x".repeat(19) + "\nsecond\n", written());
  }

  @Test
  void linesAppearAboveWhileTheyAreWholeOnly() {
    Screen screen = screen(40, 10);
    PrintStream above = screen.above(terminal);
    screen.show(List.of("live"));
    written();
    above.print("half ");
    assertEquals("", written());
    above.println("and half");
    String text = written();
    assertTrue(text.endsWith("half and half\nlive\n"), text);
    assertTrue(text.startsWith("\r" + ESCAPE + "[2K" + ESCAPE + "[A\r" + ESCAPE + "[2K"), text);
    above.print("rest");
    screen.clear();
    above.flush();
    assertTrue(written().endsWith("rest"), "nothing is lost");
  }

  /** A line of 39 characters takes two rows of a terminal that has become 20 wide. */
  @Test
  void whatANarrowerTerminalHasFoldedIsErasedWhole() {
    AtomicInteger columns = new AtomicInteger(40);
    Style style = new Style(columns::get, () -> 24, false, true);
    Screen screen = new Screen(terminal, StandardCharsets.UTF_8, style);
    screen.show(List.of("x".repeat(39), "short"));
    written();
    columns.set(20);
    screen.clear();
    String erase = "\r" + ESCAPE + "[2K";
    assertEquals(erase + (ESCAPE + "[A" + erase).repeat(3), written());
  }

  @Test
  void withoutLiveLinesItPassesEverythingThroughUntouched() {
    PrintStream above = screen(40, 10).above(terminal);
    above.print("a");
    above.print("b\nc");
    above.flush();
    assertEquals("ab\nc", written());
  }

  private static List<WorkerState> workers(int count) {
    Chromosome chromosome = new Chromosome("10111111011111111111");
    EvaluationJob job = new EvaluationJob(0, chromosome, PlainNetworks.decode(chromosome));
    TrainingProgress progress =
        new TrainingProgress(10, 10, 5, 10, 123_456, 2, Optional.of(new EpochMetrics(12.3456, 1)));
    List<WorkerState> workers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      workers.add(new WorkerState("gpu0-" + i, Optional.of(job), 0, Optional.of(progress)));
    }
    return workers;
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 60, 80, 100, 160, 400})
  void workersFitIntoEveryTerminal(int columns) {
    Style style = style(columns, 24, true);
    List<String> lines = WorkerLines.of(workers(64), style, columns - 1, 10);
    assertEquals(10, lines.size());
    assertEquals("and 55 more workers", lines.get(9));
    for (String line : lines.subList(0, 9)) {
      assertTrue(Screen.plain(line).length() < columns, line);
    }
    if (columns >= 60) {
      assertTrue(lines.get(0).contains("epoch 10/10") || lines.get(0).contains("validation"));
      assertTrue(lines.get(0).contains("61,728 im"), lines.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 160})
  void aGenerationIsOneLineThatFits(int columns) {
    Chromosome chromosome = new Chromosome("11011101011111111111");
    Generation generation =
        new Generation(
            99, List.of(new Individual(chromosome, 0.5), new Individual(chromosome, -1)));
    GenerationLine line =
        new GenerationLine(
            generation,
            "generation 100/100",
            PlainNetworks.decode(chromosome).phenotype(),
            Optional.of(WilsonInterval.of(0.5, 1000)),
            new GenerationCounts(10, 20, 30, 1234.5),
            Optional.of(Duration.ofSeconds(3725)),
            "");
    String text = line.text(style(columns, 24, true));
    assertTrue(Screen.plain(text).length() < columns, text);
    assertTrue(text.contains("0.5000"), text);
    String plain = line.text(Style.PLAIN);
    assertEquals(
        "generation 100/100  best 0.5000 %s  95 %% 0.4691-0.5309  mean 0.5000  failures 1  trained 10  saved 20  stored 30  1234.5 s  1:02:05 left"
            .formatted(PlainNetworks.decode(chromosome).phenotype()),
        plain);
  }

  /** Networks above {@code --max_latency} are no failures. */
  @Test
  void aGenerationSaysWhatWasTooSlow() {
    Chromosome chromosome = new Chromosome("11011101011111111111");
    Individual failed = new Individual(chromosome, -1);
    GenerationLine line =
        new GenerationLine(
            new Generation(0, List.of(failed, failed, failed)),
            "generation 1/1",
            PlainNetworks.decode(chromosome).phenotype(),
            Optional.empty(),
            new GenerationCounts(0, 0, 0, 0, 2, 1),
            Optional.empty(),
            "");
    assertEquals(
        "generation 1/1  best none  mean none  failures 1  too slow 2  trained 0  saved 0  1.0 s",
        line.text(Style.PLAIN));
  }

  @Test
  void aGenerationOfFailuresHasNoBest() {
    Chromosome chromosome = new Chromosome("11011101011111111111");
    GenerationLine line =
        new GenerationLine(
            new Generation(0, List.of(new Individual(chromosome, -1))),
            "generation 1/1",
            PlainNetworks.decode(chromosome).phenotype(),
            Optional.empty(),
            new GenerationCounts(0, 0, 0, 1),
            Optional.empty(),
            "");
    assertEquals(
        "generation 1/1  best none  mean none  failures 1  trained 0  saved 0  1.0 s",
        line.text(Style.PLAIN));
  }

  @Test
  void longLinesAreFoldedBetweenWords() {
    Style style = style(20, 24, false);
    assertEquals(
        List.of("device  AMD EPYC,", "        bf16;", "        workers 2"),
        Fold.line("device  AMD EPYC, bf16; workers 2", style, 8).lines().toList());
    String path = "/a/path/that/is/longer/than/a/line";
    assertEquals(path, Fold.line(path, style, 2), "stays whole");
    assertEquals("any length".repeat(30), Fold.line("any length".repeat(30), Style.PLAIN, 2));
  }

  @Test
  void withoutColourThereAreNoEscapes() {
    List<String> lines = WorkerLines.of(workers(2), style(160, 24, false), 159, 10);
    assertFalse(String.join("", lines).contains(ESCAPE));
    assertTrue(
        String.join("", WorkerLines.of(workers(2), style(160, 24, true), 159, 10))
            .contains(ESCAPE));
  }
}
