package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.text.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The line of a completed generation.
 *
 * @param part what it stands for, such as {@code generation 3/20}
 * @param network name of the best network
 * @param interval of the best fitness, if that is an accuracy
 * @param counts how many results were trained, saved or stored
 * @param left time to the end of the search; empty while unknown and after the last generation
 * @param gpus their utilisation; empty on the CPU
 */
record GenerationLine(
    Generation generation,
    String part,
    String network,
    Optional<WilsonInterval> interval,
    GenerationCounts counts,
    Optional<Duration> left,
    String gpus) {
  private static final String GAP = "  ";

  /** Parts with a high rank are dropped first on a narrow terminal. */
  private record Part(int rank, String text) {}

  /** Returns the full line for a file; for a terminal the parts that fit, in colour if enabled. */
  String text(Style style) {
    List<Part> parts = new ArrayList<>(parts(style));
    int width = style.columns().getAsInt() - 1;
    while (length(parts) > width && parts.stream().anyMatch(part -> part.rank > 0)) {
      parts.remove(parts.stream().max(Comparator.comparingInt(Part::rank)).orElseThrow());
    }
    return join(parts);
  }

  private static int length(List<Part> parts) {
    return Screen.plain(join(parts)).length();
  }

  private static String join(List<Part> parts) {
    return String.join(GAP, parts.stream().map(Part::text).toList());
  }

  /** A generation without a success has no best network. */
  private String best(Style style) {
    return generation.best().failed()
        ? style.bad("none")
        : Text.format(
            "%s %s",
            style.good(Text.format("%.4f", generation.best().fitness())), style.bold(network));
  }

  private List<Part> parts(Style style) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(0, part));
    parts.add(new Part(0, "best " + best(style)));
    interval.ifPresent(ends -> parts.add(new Part(9, "95 % " + AccuracyNotes.fractions(ends))));
    String mean =
        generation.meanFitness().isPresent()
            ? Text.format("%.4f", generation.meanFitness().getAsDouble())
            : "none";
    parts.add(new Part(4, "mean " + mean));
    long failed = generation.failures() - counts.tooSlow();
    String failures = "failures " + failed;
    parts.add(failed == 0 ? new Part(5, failures) : new Part(1, style.bad(failures)));
    if (counts.tooSlow() > 0) {
      parts.add(new Part(3, "too slow " + counts.tooSlow()));
    }
    parts.add(new Part(6, "trained " + counts.trained()));
    parts.add(new Part(7, "saved " + counts.saved()));
    if (counts.stored() > 0) {
      parts.add(new Part(3, "stored " + counts.stored()));
    }
    if (counts.stopped() > 0) {
      parts.add(new Part(3, "stopped " + counts.stopped()));
    }
    parts.add(new Part(2, Text.format("%.1f s", counts.seconds())));
    left.ifPresent(time -> parts.add(new Part(2, GenerationBar.clock(time) + " left")));
    Optional.of(gpus)
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> parts.add(new Part(8, text)));
    return parts;
  }
}
