package io.github.cnnevolution.report;

import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.TrainingProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import me.tongfei.progressbar.ProgressBar;

/**
 * Shows long trainings as they run: a line for each finished epoch with the time left and, on a
 * terminal, a bar over all of them with a line for each that runs. Safe to call from many threads.
 */
public final class FinalTrainingConsole implements AutoCloseable {
  private static final int SCALE = 1000;

  private final Console console;
  private final int trainings;
  private final int epochs;
  private final double doneBefore;
  // Epochs of each seed, with parts.
  private final Map<Long, Double> done = new TreeMap<>();
  private final long start = System.nanoTime();
  private final Map<Long, TrainingProgress> running = new TreeMap<>();
  private final Map<Long, Integer> ends = new TreeMap<>();
  private Optional<ProgressBar> bar = Optional.empty();
  private Optional<LiveBar> live = Optional.empty();

  /**
   * A view of trainings.
   *
   * @param epochsBefore how many epochs earlier processes have done, for each seed
   * @param epochs of each
   */
  public FinalTrainingConsole(Console console, Map<Long, Integer> epochsBefore, int epochs) {
    this.console = console;
    this.trainings = epochsBefore.size();
    this.epochs = epochs;
    epochsBefore.forEach((seed, count) -> done.put(seed, count.doubleValue()));
    this.doneBefore = done();
    console
        .screen()
        .ifPresent(
            screen -> {
              LiveBar shownBar = new LiveBar(screen, this::below);
              live = Optional.of(shownBar);
              bar =
                  Optional.of(
                      shownBar
                          .builder("training")
                          .setInitialMax((long) SCALE * trainings * epochs)
                          .startsFrom((long) (SCALE * doneBefore), Duration.ZERO)
                          .build());
            });
  }

  /** A training has come this far. */
  public void onProgress(long seed, TrainingProgress progress) {
    Optional<String> line = Optional.empty();
    synchronized (this) {
      running.put(seed, progress);
      done.put(seed, progress.fraction() * epochs);
      bar.ifPresent(b -> b.stepTo((long) (SCALE * done())));
      boolean atEnd =
          progress.steps() * (long) epochs == (long) progress.epoch() * progress.totalSteps();
      if (atEnd) {
        // Reported twice: after the last step, and when it is known what the epoch has shown.
        Integer before = ends.put(seed, progress.epoch());
        if (before != null && before == progress.epoch()) {
          line = progress.last().map(metrics -> line(seed, progress, metrics));
        }
      }
    }
    line.ifPresent(
        text -> {
          console.out().println(text);
          console.out().flush();
        });
  }

  /** A training is over, however it ended. */
  public synchronized void onEnd(long seed) {
    running.remove(seed);
  }

  /** Epochs that are done, all trainings together. */
  private double done() {
    return done.values().stream().mapToDouble(epoch -> epoch).sum();
  }

  private String line(long seed, TrainingProgress progress, EpochMetrics metrics) {
    StringBuilder line = new StringBuilder();
    if (trainings > 1) {
      line.append("seed %d  ".formatted(seed));
    }
    int digits = String.valueOf(epochs).length();
    line.append(
        String.format(
            Locale.ROOT,
            "epoch %" + digits + "d/%d  loss %.4f  training %6.2f %%",
            progress.epoch(),
            epochs,
            metrics.loss(),
            100 * metrics.accuracy()));
    metrics
        .validation()
        .ifPresent(
            share -> line.append(String.format(Locale.ROOT, "  validation %6.2f %%", 100 * share)));
    line.append(
        String.format(
            Locale.ROOT, "  %,.0f images/s  %s left", progress.imagesPerSecond(), left()));
    return line.toString();
  }

  private String left() {
    double here = done() - doneBefore;
    double total = (double) trainings * epochs;
    if (here <= 0) {
      return "?";
    }
    double seconds = (System.nanoTime() - start) / 1e9 * Math.max(0, total - done()) / here;
    return GenerationBar.clock(Duration.ofSeconds(Math.round(seconds)));
  }

  private synchronized List<String> below() {
    List<String> lines = new ArrayList<>();
    running.forEach(
        (seed, progress) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "seed %d  epoch %d/%d  %,.0f images/s%s",
                    seed,
                    Math.min(epochs, progress.epoch()),
                    epochs,
                    progress.imagesPerSecond(),
                    progress
                        .last()
                        .map(
                            last ->
                                String.format(
                                    Locale.ROOT,
                                    "  loss %.3f  accuracy %.1f %%",
                                    last.loss(),
                                    100 * last.accuracy()))
                        .orElse(""))));
    return lines;
  }

  /** Removes the bar. */
  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
    live.ifPresent(LiveBar::close);
  }
}
