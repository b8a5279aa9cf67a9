package io.github.cnnevolution.report;

import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evolution.EvolutionListener;
import io.github.cnnevolution.evolution.Generation;
import io.github.cnnevolution.genome.Architecture;
import io.github.cnnevolution.genome.Chromosome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows an evolution as it runs: a bar for the generation if there is a terminal, and a line for
 * each finished one. Safe to call from the workers' threads.
 */
public final class EvolutionProgress
    implements EvolutionListener, EvaluationListener, AutoCloseable {
  private static final int REFRESH_MILLIS = 250;
  private static final int GPUS_ON_THE_LINE = 2;

  private final Console console;
  private final int generations;
  private final List<Evaluation> failures = new ArrayList<>();
  private LongSupplier trainings = () -> 0;
  private LongSupplier saved = () -> 0;
  private LongSupplier stored = () -> 0;
  private Supplier<List<GpuUsage>> gpus = List::of;
  private List<GpuUsage> gpusBefore = List.of();
  private Optional<ProgressBar> bar = Optional.empty();
  private long generationStart;
  private long trainingsBefore;
  private long savedBefore;
  private long storedBefore;

  /** Progress of a run of so many generations. */
  public EvolutionProgress(Console console, int generations) {
    this.console = console;
    this.generations = generations;
  }

  /**
   * Says where the numbers of trainings, of those saved because the network had been asked for
   * before, and of those found in stores can be read.
   */
  public synchronized void count(
      LongSupplier trainingsSoFar, LongSupplier savedSoFar, LongSupplier storedSoFar) {
    this.trainings = trainingsSoFar;
    this.saved = savedSoFar;
    this.stored = storedSoFar;
  }

  /** Says where the use of the GPUs can be read; without this call nothing is shown of it. */
  public synchronized void watch(Supplier<List<GpuUsage>> usages) {
    this.gpus = usages;
  }

  /** One individual of the generation has its fitness. */
  public synchronized void step() {
    bar.ifPresent(ProgressBar::step);
    bar.ifPresent(shown -> shown.setExtraMessage(GpuReport.latest(gpus.get())));
  }

  @Override
  public synchronized void onEnd(Evaluation evaluation) {
    if (evaluation.isFailed()) {
      failures.add(evaluation);
    }
  }

  @Override
  public synchronized void onDeviceLost(LostDevice device) {
    console.err().println(lostLine(device));
  }

  /** The line that tells of a lost device. */
  public static String lostLine(LostDevice device) {
    return device + " is out of service";
  }

  @Override
  public synchronized void onGenerationStart(int generation, List<Chromosome> population) {
    generationStart = System.nanoTime();
    trainingsBefore = trainings.getAsLong();
    savedBefore = saved.getAsLong();
    storedBefore = stored.getAsLong();
    gpusBefore = List.copyOf(gpus.get());
    if (console.interactive()) {
      bar =
          Optional.of(
              bar("generation %d/%d".formatted(generation + 1, generations), population.size()));
    }
  }

  @Override
  public synchronized void onGenerationEnd(Generation generation) {
    closeBar();
    String mean =
        generation.meanFitness().isPresent()
            ? String.format(Locale.ROOT, "%.4f", generation.meanFitness().getAsDouble())
            : "none";
    String used = use(gpus.get());
    long found = stored.getAsLong() - storedBefore;
    console
        .out()
        .printf(
            Locale.ROOT,
            "generation %d/%d  best %.4f %s  mean %s  failures %d  trained %d  saved %d%s  %.1f s%s%n",
            generation.index() + 1,
            generations,
            generation.best().fitness(),
            Architecture.decode(generation.best().chromosome()).phenotype(),
            mean,
            generation.failures(),
            trainings.getAsLong() - trainingsBefore,
            saved.getAsLong() - savedBefore,
            found == 0 ? "" : "  stored " + found,
            (System.nanoTime() - generationStart) / 1e9,
            used);
    for (Evaluation failure : failures) {
      console
          .out()
          .printf("  failed: %s  %s%n", failure.job().chromosome(), failure.error().orElse(""));
    }
    failures.clear();
    console.out().flush();
  }

  /** What follows on the line, or below it if there are too many GPUs for one line. */
  private String use(List<GpuUsage> usages) {
    if (usages.isEmpty()) {
      return "";
    }
    String gap = usages.size() <= GPUS_ON_THE_LINE ? "  " : System.lineSeparator() + "  ";
    return gap + GpuReport.progress(gpusBefore, usages);
  }

  /** Removes the bar of a generation that was not finished. */
  @Override
  public synchronized void close() {
    closeBar();
  }

  private ProgressBar bar(String task, int size) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(size)
        .setUpdateIntervalMillis(REFRESH_MILLIS)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(console.err()))
        .clearDisplayOnFinish()
        .build();
  }

  private void closeBar() {
    bar.ifPresent(ProgressBar::close);
    bar = Optional.empty();
  }
}
