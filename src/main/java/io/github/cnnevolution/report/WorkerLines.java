package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingProgress;
import java.util.ArrayList;
import java.util.List;

/**
 * A line per worker with its network, progress and speed. Wider terminals show more; 60 columns
 * suffice for the essentials.
 */
final class WorkerLines {
  private static final int BAR = 20;

  /** A fixed width keeps the columns in place while networks change. */
  private static final int LONGEST_NETWORK = "w256-k5-leakyrelu-ddddd".length();

  private static final String GAP = "  ";

  private WorkerLines() {}

  /**
   * Returns the lines.
   *
   * @param width columns available
   * @param height lines available; at least 1
   */
  static List<String> of(List<WorkerState> workers, Style style, int width, int height) {
    List<WorkerState> shown =
        workers.size() <= height ? workers : workers.subList(0, Math.max(0, height - 1));
    int names = shown.stream().mapToInt(state -> state.worker().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (WorkerState state : shown) {
      Line line = new Line(style, width);
      line.add(Text.format(Text.format("%%-%ds", names), state.worker()), Line.Look.NAME);
      if (state.job().isEmpty()) {
        line.add(state.phase(), Line.Look.DIM);
      } else {
        line.add(
            Text.format(Text.format("%%-%ds", LONGEST_NETWORK), network(state)), Line.Look.BOLD);
        line.add(Text.format("%-10s", state.phase()), Line.Look.PLAIN);
        if (state.progress().isPresent()) {
          addProgress(line, state.progress().get(), style);
          line.add(chromosome(state), Line.Look.DIM);
        }
      }
      lines.add(line.text());
    }
    if (shown.size() < workers.size()) {
      lines.add(Text.format("and %d more workers", workers.size() - shown.size()));
    }
    return lines;
  }

  private static void addProgress(Line line, TrainingProgress progress, Style style) {
    line.add(
        Text.format("%,7.0f images/s", progress.imagesPerSecond()),
        Text.format("%,6.0f img/s", progress.imagesPerSecond()));
    line.add(bar(progress.fraction(), style), Line.Look.NAME);
    line.add(
        progress
            .last()
            .map(
                epoch ->
                    Text.format(
                        "loss %.3f accuracy %s",
                        epoch.loss(), Percent.briefAligned(epoch.accuracy())))
            .orElse(" ".repeat("loss 4.605 accuracy 10.0 %".length())),
        Line.Look.PLAIN);
  }

  private static String bar(double fraction, Style style) {
    int full = (int) Math.round(fraction * BAR);
    String done = style.unicode() ? "\u2501" : "=";
    String open = style.unicode() ? "\u2500" : "-";
    return done.repeat(full) + open.repeat(BAR - full);
  }

  private static String network(WorkerState state) {
    return state.job().map(job -> job.architecture().phenotype()).orElse("");
  }

  private static String chromosome(WorkerState state) {
    return state.job().map(EvaluationJob::chromosome).orElseThrow().bits();
  }

  /** A line of parts, added as long as they fit. */
  private static final class Line {
    private enum Look {
      PLAIN,
      BOLD,
      DIM,
      NAME
    }

    private final Style style;
    private final int width;
    private final StringBuilder text = new StringBuilder();
    private int length;
    private boolean full;

    Line(Style style, int width) {
      this.style = style;
      this.width = width;
    }

    /** Adds a part, in its shorter form if needed. */
    void add(String part, String shorter) {
      add(length + GAP.length() + part.length() <= width ? part : shorter, Look.PLAIN);
    }

    void add(String part, Look look) {
      int gap = length == 0 ? 0 : GAP.length();
      // Later parts matter less: once one does not fit, no other follows.
      full |= length + gap + part.length() > width;
      if (!full) {
        length += gap + part.length();
        text.append(GAP, 0, gap).append(styled(part, look));
      }
    }

    private String styled(String part, Look look) {
      return switch (look) {
        case PLAIN -> part;
        case BOLD -> style.bold(part);
        case DIM -> style.dim(part);
        case NAME -> style.name(part);
      };
    }

    String text() {
      return text.toString().stripTrailing();
    }
  }
}
