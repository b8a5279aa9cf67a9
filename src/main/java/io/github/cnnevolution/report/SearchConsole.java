package io.github.cnnevolution.report;

import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.search.EvolutionListener;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;

/**
 * Shows an evolution as it runs: a line for each finished generation and, on a terminal, a bar for
 * the one that runs with a line for each worker. Safe to call from the workers' threads.
 */
public final class SearchConsole implements EvolutionListener, EvaluationListener, AutoCloseable {
  private static final int GPUS_ON_THE_LINE = 2;

  private final Console console;
  private final int generations;
  private final SearchState state;
  private final List<Evaluation> failures = new ArrayList<>();
  private LongSupplier trainings = () -> 0;
  private LongSupplier saved = () -> 0;
  private LongSupplier stored = () -> 0;

  /** The thread that draws reads it too, for which whoever closes a bar waits. */
  private volatile Supplier<List<GpuUsage>> gpus = List::of;

  private List<GpuUsage> gpusBefore = List.of();
  private Optional<ProgressBar> bar = Optional.empty();
  private Optional<LiveBar> live = Optional.empty();
  private long generationStart;
  private long trainingsBefore;
  private long savedBefore;
  private long storedBefore;

  /**
   * Progress of a run of so many generations.
   *
   * @param state hears of the search what this hears, and before
   */
  public SearchConsole(Console console, int generations, SearchState state) {
    this.console = console;
    this.generations = generations;
    this.state = state;
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
    console.screen().ifPresent(screen -> openBar(screen, generation + 1));
  }

  @Override
  public synchronized void onGenerationEnd(Generation generation) {
    closeBar();
    List<GpuUsage> usages = gpus.get();
    String use = usages.isEmpty() ? "" : GpuReport.progress(gpusBefore, usages);
    boolean below = usages.size() > GPUS_ON_THE_LINE || console.style().isTerminal();
    GenerationLine line =
        new GenerationLine(
            generation,
            generations,
            state.network(generation.best().chromosome()).phenotype(),
            trainings.getAsLong() - trainingsBefore,
            saved.getAsLong() - savedBefore,
            stored.getAsLong() - storedBefore,
            (System.nanoTime() - generationStart) / 1e9,
            below ? "" : use);
    console.out().println(line.text(console.style()));
    if (below && !use.isEmpty()) {
      console.out().println(Fold.line("  " + use, console.style(), 2));
    }
    for (Evaluation failure : failures) {
      String reason =
          "  failed: %s  %s".formatted(failure.job().chromosome(), failure.error().orElse(""));
      console.out().println(console.style().bad(Fold.line(reason, console.style(), 4)));
    }
    failures.clear();
    console.out().flush();
  }

  /** Removes the bar of a generation that was not finished. */
  @Override
  public synchronized void close() {
    closeBar();
  }

  private void openBar(Screen screen, int generation) {
    LiveBar shown = new LiveBar(screen, () -> below(screen));
    live = Optional.of(shown);
    bar =
        Optional.of(
            shown
                .builder("generation %d/%d".formatted(generation, generations))
                .setInitialMax(1)
                .setRenderer(new GenerationBar(screen.style(), state::snapshot))
                .build());
  }

  /** The GPUs, then the workers; all in the height of the screen, with a line left for the bar. */
  private List<String> below(Screen screen) {
    int width = screen.style().columns().getAsInt() - 1;
    List<String> lines = new ArrayList<>();
    String usages = GpuReport.latest(gpus.get());
    if (!usages.isEmpty()) {
      Fold.line(usages, screen.style(), 0).lines().forEach(lines::add);
    }
    int height = Math.max(1, screen.style().rows().getAsInt() - 2 - lines.size());
    lines.addAll(WorkerLines.of(state.snapshot().workers(), screen.style(), width, height));
    return lines;
  }

  private void closeBar() {
    bar.ifPresent(ProgressBar::close);
    live.ifPresent(LiveBar::close);
    bar = Optional.empty();
    live = Optional.empty();
  }
}
