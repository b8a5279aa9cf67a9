package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.CandidateSettings;
import io.github.cnnevolution.engine.FinalTrainingListener;
import io.github.cnnevolution.engine.FinalTrainingResult;
import io.github.cnnevolution.engine.FinalTrainingStart;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.EpochMetrics;
import io.github.cnnevolution.training.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import me.tongfei.progressbar.ProgressBar;

/**
 * Shows the progress of final trainings: a line per finished epoch with the time left and, on a
 * terminal, a bar for all trainings with a line for each running one. Safe to call from many
 * threads.
 */
public final class FinalTrainingConsole implements FinalTrainingListener, AutoCloseable {
  private static final int SCALE = 1000;

  private final Console console;
  private final Function<Path, String> resumeLine;
  private final SessionConsole session;
  private int trainings;
  private int epochs;
  private double doneBefore;
  // Epochs done for each seed, fractions included.
  private final Map<Long, Double> done = new TreeMap<>();
  private long start = System.nanoTime();
  private final Map<Long, TrainingProgress> running = new TreeMap<>();
  private final Map<Long, Integer> printed = new TreeMap<>();
  private Optional<ProgressBar> bar = Optional.empty();
  private Optional<LiveBar> live = Optional.empty();

  /**
   * Creates a view of trainings.
   *
   * @param resumeLine returns the command line that resumes the training in a directory
   */
  public FinalTrainingConsole(Console console, Function<Path, String> resumeLine) {
    this.console = console;
    this.resumeLine = resumeLine;
    this.session = new SessionConsole(console);
  }

  @Override
  public void onNotice(String notice) {
    session.onNotice(notice);
  }

  @Override
  public void onProgress(int converted, int total) {
    session.onProgress(converted, total);
  }

  @Override
  public void onDataRead() {
    session.onDataRead();
  }

  @Override
  public void onDeviceLost(LostDevice device) {
    session.onDeviceLost(device);
  }

  @Override
  public synchronized void onTrainingStart(FinalTrainingStart begun) {
    trainings = begun.epochsDone().size();
    epochs = begun.settings().training().epochs();
    begun.epochsDone().forEach((seed, count) -> done.put(seed, count.doubleValue()));
    printed.putAll(begun.epochsDone());
    doneBefore = done();
    start = System.nanoTime();
    printStart(begun);
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

  private void printStart(FinalTrainingStart begun) {
    CandidateSettings training = begun.settings().training();
    int seeds = begun.settings().seeds();
    print(Text.format("data    %s", begun.run().data().name()));
    print(
        Text.format(
            "device  %s; parallel trainings %d, threads per training %d",
            DeviceReport.line(begun.devices(), begun.precision()),
            begun.parallelTrainings(),
            training.threadsPerWorker()));
    print(
        Text.format(
            "train   %s %s, %s on %s, %s",
            begun.run().chromosome(),
            begun.architecture().phenotype(),
            Text.count(training.epochs(), "epoch"),
            Text.count(begun.run().data().training(), "image"),
            seeds == 1
                ? "seed " + training.seed()
                : Text.format("seeds %d to %d", training.seed(), training.seed() + seeds - 1)));
    print("output  " + begun.directory().path());
    console.progress().flush();
  }

  private void print(String line) {
    console.progress().println(Fold.line(line, console.style(), "device  ".length()));
  }

  @Override
  public synchronized void onSeedProgress(long seed, TrainingProgress progress) {
    running.put(seed, progress);
    show(seed, progress.fraction() * epochs);
  }

  private void show(long seed, double epochsDone) {
    done.put(seed, epochsDone);
    bar.ifPresent(b -> b.stepTo((long) (SCALE * done())));
  }

  /** Prints the epochs that are new; there may be fewer, where a training begins again in parts. */
  @Override
  public void onTrainingState(TrainingRun run, RunState state, RunDirectory directory) {
    List<String> lines = new ArrayList<>();
    synchronized (this) {
      for (TrainingRun.Seed seed : run.seeds()) {
        List<EpochMetrics> all = seed.epochs();
        int before = printed.getOrDefault(seed.seed(), 0);
        printed.put(seed.seed(), all.size());
        if (all.size() != before) {
          show(seed.seed(), all.size());
        }
        for (int epoch = before + 1; epoch <= all.size(); epoch++) {
          lines.add(line(seed.seed(), epoch, all.get(epoch - 1)));
        }
      }
    }
    lines.forEach(console.progress()::println);
    console.progress().flush();
  }

  @Override
  public synchronized void onSeedEnd(long seed) {
    running.remove(seed);
  }

  /** Returns the epochs done, summed over all trainings. */
  private double done() {
    return done.values().stream().mapToDouble(epoch -> epoch).sum();
  }

  private String line(long seed, int epoch, EpochMetrics metrics) {
    StringBuilder line = new StringBuilder();
    if (trainings > 1) {
      line.append(Text.format("seed %d  ", seed));
    }
    int digits = String.valueOf(epochs).length();
    line.append(
        Text.format(
            "epoch %" + digits + "d/%d  loss %.4f  training %s",
            epoch,
            epochs,
            metrics.loss(),
            Percent.aligned(metrics.accuracy())));
    metrics
        .validation()
        .ifPresent(fraction -> line.append("  validation ").append(Percent.aligned(fraction)));
    Optional.ofNullable(running.get(seed))
        .ifPresent(now -> line.append(Text.format("  %,.0f images/s", now.imagesPerSecond())));
    line.append(Text.format("  %s left", left()));
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
                Text.format(
                    "seed %d  epoch %d/%d  %,.0f images/s%s",
                    seed,
                    Math.min(epochs, progress.epoch()),
                    epochs,
                    progress.imagesPerSecond(),
                    progress
                        .last()
                        .map(
                            last ->
                                Text.format(
                                    "  loss %.3f  accuracy %s",
                                    last.loss(), Percent.brief(last.accuracy())))
                        .orElse(""))));
    return lines;
  }

  /** Prints the result. */
  public synchronized void show(FinalTrainingResult result) {
    closeBar();
    Path directory = result.directory().path();
    switch (result.stop()) {
      case FINISHED -> {
        printResult(result);
        if (result.repeated()) {
          console
              .out()
              .println(
                  Text.format(
                      "this training is finished; to train further seeds: %s --seeds %d",
                      resumeLine.apply(directory), result.run().seeds().size() + 1));
        }
      }
      case INTERRUPTED ->
          console.out().println("stopped; resume with: " + resumeLine.apply(directory));
      case INCOMPLETE -> {
        result
            .errors()
            .forEach(
                (seed, reason) ->
                    console.err().println(Text.format("cnn-evolution: seed %d: %s", seed, reason)));
        console.err().println("resume with: " + resumeLine.apply(directory));
      }
    }
    console.out().flush();
  }

  private void printResult(FinalTrainingResult result) {
    RunDirectory directory = result.directory();
    if (!result.repeated()) {
      console.out().println();
    }
    console.out().println(TrainingPage.table(result.run()));
    console.out().println();
    if (Files.exists(directory.bestModel())) {
      console.out().println("model   " + directory.bestModel());
    }
    console.out().println("facts   " + directory.bestChromosome());
    if (Files.exists(directory.report())) {
      console.out().println("report  " + directory.report());
    }
  }

  private void closeBar() {
    bar.ifPresent(ProgressBar::close);
    live.ifPresent(LiveBar::close);
    bar = Optional.empty();
    live = Optional.empty();
  }

  /** Removes the bar. */
  @Override
  public synchronized void close() {
    closeBar();
    session.close();
  }
}
