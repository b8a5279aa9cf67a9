package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.SearchPreview;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a search would do, as text. */
public final class PreviewReport {
  private static final int MOST_NAMES = 20;
  private static final double MIB = 1 << 20;
  private static final int INDENT = "networks  ".length();

  private PreviewReport() {}

  /** Returns the lines. */
  public static String text(SearchPreview preview, Style style) {
    SearchSettings settings = preview.settings();
    String unit = SearchText.hasNoGenerations(settings) ? "proposals" : "generation";
    List<Architecture> first = preview.firstGeneration();
    LongSummaryStatistics parameters = range(first, Architecture::parameters);
    LongSummaryStatistics flops = range(first, Architecture::flops);
    Optional<String> space = SpaceLine.of(settings.space(), settings.training().bounds());
    return Stream.of(
            Text.format(
                "data      %s, %d training and %d validation images",
                preview.dataName(), preview.trainingImages(), preview.validationImages()),
            Text.format(
                "device    %s; workers %d",
                DeviceReport.line(preview.devices(), preview.precision()),
                preview.devices().size() * preview.workersPerDevice()),
            Text.format(
                "search    %s, %s, seed %d",
                SearchText.size(settings),
                Text.count(settings.training().epochs(), "epoch"),
                settings.genetic().seed()),
            space.map(line -> "space     " + line).orElse(""),
            Text.format(
                "networks  %d in the first %s, at most %d in the whole search",
                first.size(), unit, preview.mostTrainings()),
            "first     " + names(first),
            Text.format(
                "size      %,d to %,d parameters, %,d to %,d FLOPs an image",
                parameters.getMin(), parameters.getMax(), flops.getMin(), flops.getMax()),
            Text.format(
                "time      about %s for the first %s, at most about %s in all; %s trained with %,.0f images/s on one worker",
                GenerationBar.clock(preview.firstGenerationTime()),
                unit,
                GenerationBar.clock(preview.longestTime()),
                preview.measured().phenotype(),
                preview.imagesPerSecond()),
            Text.format(
                "memory    about %,.0f MiB for the trainings in parallel, beside libraries and images",
                preview.memoryBytes() / MIB),
            Text.format(
                "disk      about %,.0f MiB for the models in %s",
                Math.ceil(preview.modelBytes() / MIB), preview.directory()))
        .filter(line -> !line.isEmpty())
        .map(line -> Fold.line(line, style, INDENT))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** The first names; of a large population nobody reads all. */
  private static String names(List<Architecture> networks) {
    String some =
        networks.stream()
            .limit(MOST_NAMES)
            .map(Architecture::phenotype)
            .collect(Collectors.joining(" "));
    return networks.size() <= MOST_NAMES
        ? some
        : Text.format("%s and %d more", some, networks.size() - MOST_NAMES);
  }

  private static LongSummaryStatistics range(
      List<Architecture> networks, ToLongFunction<Architecture> value) {
    return networks.stream().mapToLong(value).summaryStatistics();
  }
}
