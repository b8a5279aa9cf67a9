package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.run.RunFigures;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuReportTest {
  private static final long GIB = 1L << 30;
  private static final GpuUsage BUSY = GpuUsage.none(0).with(80, 2 * GIB).with(94, 3 * GIB);
  private static final GpuUsage IDLE = GpuUsage.none(1).with(60, GIB).with(10, GIB / 2);
  private static final Chromosome CHROMOSOME = new Chromosome("10100011011011110101");

  @TempDir private Path directory;

  @Test
  void latestValuesInALine() {
    assertEquals("gpu0 94 % 3.0 GiB  gpu1 10 % 0.5 GiB", GpuReport.latest(List.of(BUSY, IDLE)));
    assertEquals("", GpuReport.latest(List.of()));
  }

  /** What is printed of a generation whose GPUs are used so. */
  private static List<String> generation(Supplier<List<GpuUsage>> usages, Runnable during) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (SearchConsole view = new SearchConsole(console(bytes), Path::toString)) {
      view.onSearchStart(MadeUpSearch.start(1, usages));
      bytes.reset();
      view.onProposals(0, MadeUpSearch.proposals(0, CHROMOSOME));
      during.run();
      view.onGenerationEnd(
          new Generation(0, List.of(new Individual(CHROMOSOME, 0.5))),
          new GenerationCounts(0, 0, 0, 1.5));
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aGenerationShowsTheMeanOfItsOwnTime() {
    List<GpuUsage> usages = new ArrayList<>(List.of(GpuUsage.none(0).with(10, GIB)));
    List<String> lines =
        generation(
            () -> usages, () -> usages.set(0, usages.get(0).with(80, GIB).with(90, 2 * GIB)));
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.get(0).endsWith(" 1.5 s  gpu0 85 % 2.0 GiB"), lines.get(0));
  }

  @Test
  void manyGpusHaveALineOfTheirOwn() {
    List<GpuUsage> usages = new ArrayList<>();
    List<String> lines =
        generation(
            () -> usages, () -> usages.addAll(List.of(BUSY, IDLE, GpuUsage.none(2).with(7, GIB))));
    assertEquals(2, lines.size(), lines.toString());
    assertEquals("  gpu0 87 % 3.0 GiB  gpu1 35 % 0.5 GiB  gpu2 7 % 1.0 GiB", lines.get(1));
  }

  @Test
  void aGenerationOnTheCpuEndsWithItsTime() {
    List<String> lines = generation(List::of, () -> {});
    assertEquals(1, lines.size(), lines.toString());
    String line = lines.get(0);
    assertTrue(
        line.matches(
            "generation 1/1  best 0\\.5000 \\S+  95 % 0\\.4691-0\\.5309  mean 0\\.5000  failures 0  trained 0  saved 0"
                + "  1\\.5 s"),
        line);
  }

  @Test
  void theSummaryHasARowAndAnObjectForEachGpu() throws IOException {
    RunSummary summary = summary(List.of(BUSY, IDLE, GpuUsage.none(2)));
    String table = new SummaryTable(summary).text();
    assertTrue(table.contains("utilisation mean 87 %, peak 94 %; memory peak 3.0 GiB"), table);
    assertTrue(table.contains("not sampled"), table);
    Path file = directory.resolve("facts.json");
    summary.write(file);
    JsonNode gpus = new ObjectMapper().readTree(file.toFile()).get("gpus");
    assertEquals(3, gpus.size());
    assertEquals(35, gpus.get(1).get("utilisation_mean").asDouble());
    assertEquals(60, gpus.get(1).get("utilisation_peak").asInt());
    assertEquals(GIB, gpus.get(1).get("memory_peak_bytes").asLong());
    assertTrue(gpus.get(2).get("utilisation_mean").isNull());
  }

  @Test
  void theSummaryOfTheCpuDoesNotMentionGpus() throws IOException {
    RunSummary summary = summary(List.of());
    assertFalse(new SummaryTable(summary).text().contains("gpu"), new SummaryTable(summary).text());
    Path file = directory.resolve("facts.json");
    summary.write(file);
    assertFalse(new ObjectMapper().readTree(file.toFile()).has("gpus"));
  }

  private static Console console(ByteArrayOutputStream bytes) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Console(InputStream.nullInputStream(), out, out);
  }

  private static RunSummary summary(List<GpuUsage> gpus) {
    EvaluationJob job = new EvaluationJob(0, CHROMOSOME, PlainNetworks.decode(CHROMOSOME));
    Evaluation best = Evaluation.ofAccuracy(job, 0.5, List.of(), 1, 1, 1, "worker");
    List<Double> ones = Arrays.asList(1.0, 1.0, 1.0);
    return new RunSummary(
        best,
        OptionalDouble.empty(),
        1,
        Map.of(),
        new RunSummary.Data(
            "data", "digest", 1, 1, 1, new Normalization(ones, ones), Optional.empty()),
        new RunFigures(1, 1, 1, 0, 0, Map.of(), 0, 1, 0, 1.0),
        false,
        gpus,
        List.of());
  }
}
