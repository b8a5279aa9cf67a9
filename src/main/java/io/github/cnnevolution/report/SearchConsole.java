package io.github.cnnevolution.report;

import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchResult;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.engine.SearchStart;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.text.Text;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;

/**
 * Shows a search on the console: a header, a line per finished generation, the result and, on a
 * terminal, a progress bar of the current generation with a line per worker. Safe to call from the
 * workers' threads.
 */
public final class SearchConsole implements SearchListener, AutoCloseable {
  private static final int GPUS_ON_THE_LINE = 2;
  private static final String PROGRAM = "cnn-evolution: ";

  private final Console console;
  private final Function<Path, String> resumeLine;
  private final SessionConsole session;
  private final SearchState state = new SearchState();
  private final List<Evaluation> failures = new ArrayList<>();
  private Optional<Dashboard> page = Optional.empty();

  /** Volatile: the drawing thread reads it too, and closing a bar waits for that thread. */
  private volatile Optional<SearchStart> search = Optional.empty();

  private int generations;
  private int openGeneration = -1;

  /** Volatile for the same reason. */
  private volatile Supplier<List<GpuUsage>> gpus = List::of;

  private List<GpuUsage> gpusBefore = List.of();
  private Optional<ProgressBar> bar = Optional.empty();
  private Optional<LiveBar> live = Optional.empty();

  /**
   * Creates a view of a search.
   *
   * @param resumeLine returns the command line that resumes the run in a directory
   */
  public SearchConsole(Console console, Function<Path, String> resumeLine) {
    this.console = console;
    this.resumeLine = resumeLine;
    this.session = new SessionConsole(console);
  }

  /** Returns the state of the search. It is a listener too, and must receive events before this. */
  public SearchState state() {
    return state;
  }

  /** Shows a live page in the header. */
  public synchronized void showPage(Dashboard dashboard) {
    page = Optional.of(dashboard);
  }

  @Override
  public void onNotice(String notice) {
    session.onNotice(notice);
  }

  @Override
  public void onProgress(int done, int total) {
    session.onProgress(done, total);
  }

  @Override
  public void onDataRead() {
    session.onDataRead();
  }

  @Override
  public synchronized void onSearchStart(SearchStart start) {
    search = Optional.of(start);
    SearchSettings settings = start.settings();
    generations = settings.genetic().generations();
    gpus = start.gpuUsages();
    print("data    " + start.dataName());
    print("device  " + devices(start));
    print(
        Text.format(
            "search  %s, %s on %s each, seed %d",
            SearchText.size(settings),
            Text.count(settings.training().epochs(), "epoch"),
            Text.count(start.trainingImages(), "image"),
            settings.genetic().seed()));
    SpaceLine.of(settings.space(), settings.training().bounds())
        .ifPresent(space -> print("space   " + space));
    print("fitness " + fitness(start));
    settings
        .objectives()
        .goals()
        .ifPresent(
            goals ->
                print(
                    Text.format(
                        "front   of %s; best_model.pt: %s",
                        goals.objectives().text().replace(",", ", "), goals.preference().text())));
    console.progress().println("output  " + start.directory().path());
    page.ifPresent(live -> console.progress().println("page    " + live.url()));
    console.progress().flush();
    if (page.filter(Dashboard::isPublic).isPresent()) {
      console
          .err()
          .println(
              "everyone who can reach this machine can read the page; it has no password and no encryption");
    }
  }

  /** Prints a header line; on a narrow terminal, the rest is indented below its text. */
  private void print(String line) {
    console.progress().println(Fold.line(line, console.style(), "device  ".length()));
  }

  private static String fitness(SearchStart start) {
    return start.measuresAccuracy()
        ? AccuracyNotes.fitness(start.validationImages(), start.classes())
        : start.settings().fitness().name();
  }

  private static String devices(SearchStart start) {
    return ClusterText.of(start.executors().get())
        .map(
            cluster ->
                Text.format(
                    "%s, %s; %s, %s at a time",
                    start.devices().get(0).name(),
                    start.precision(),
                    cluster,
                    Text.count(start.workersPerDevice(), "candidate")))
        .orElseGet(
            () -> DeviceReport.line(start.devices(), start.precision()) + "; " + workers(start));
  }

  private static String workers(SearchStart start) {
    return start.devices().get(0).isGpu()
        ? "workers per GPU " + start.workersPerDevice()
        : Text.format(
            "workers %d, threads per worker %d",
            start.workersPerDevice(), start.settings().training().threadsPerWorker());
  }

  @Override
  public synchronized void onEnd(Evaluation evaluation) {
    if (evaluation.isFailed()) {
      failures.add(evaluation);
    }
  }

  @Override
  public void onDeviceLost(LostDevice device) {
    session.onDeviceLost(device);
  }

  @Override
  public synchronized void onProposals(int generation, List<Proposal> proposals) {
    if (generation != openGeneration) {
      openGeneration = generation;
      gpusBefore = List.copyOf(gpus.get());
      closeBar();
      console.screen().ifPresent(screen -> openBar(screen, generation + 1));
    }
  }

  @Override
  public synchronized void onGenerationEnd(Generation generation, GenerationCounts counts) {
    closeBar();
    List<GpuUsage> usages = gpus.get();
    String use = usages.isEmpty() ? "" : GpuReport.progress(gpusBefore, usages);
    boolean below = usages.size() > GPUS_ON_THE_LINE || console.style().isTerminal();
    GenerationLine line =
        new GenerationLine(
            generation,
            part(generation.index() + 1),
            state.phenotype(generation.best().chromosome()),
            search.flatMap(start -> start.interval(generation.best().fitness())),
            counts,
            generation.index() + 1 < generations ? state.runLeft() : Optional.empty(),
            below ? "" : use);
    console.progress().println(line.text(console.style()));
    if (below && !use.isEmpty()) {
      console.progress().println(Fold.line("  " + use, console.style(), 2));
    }
    for (Evaluation failure : failures) {
      boolean slow = failure.failure().equals(Optional.of(FailureKind.LATENCY));
      String reason =
          Text.format(
              "  %s: %s  %s",
              slow ? "too slow" : "failed", failure.job().chromosome(), failure.error().orElse(""));
      console.out().println(console.style().bad(Fold.line(reason, console.style(), 4)));
    }
    failures.clear();
    console.out().flush();
  }

  @Override
  public synchronized void onRetrain(Evaluation evaluation) {
    closeBar();
    console
        .progress()
        .println(
            Text.format(
                "retraining %s to recover its weights",
                evaluation.job().architecture().phenotype()));
    console.out().flush();
  }

  @Override
  public synchronized void onRetrained(Evaluation evaluation, double accuracy) {
    double before = evaluation.accuracy().orElse(evaluation.fitness());
    if (accuracy != before) {
      console
          .notices()
          .print(
              Text.format(
                  "%s was retrained to recover its weights: accuracy %s, was %s%n",
                  evaluation.job().architecture().phenotype(), accuracy, before));
    }
  }

  /**
   * Prints the result.
   *
   * @param stopped whether a signal stopped the program
   */
  public synchronized void show(SearchResult result, boolean stopped) {
    closeBar();
    boolean timeUp = result.stop() == SearchResult.Stop.TIME_UP && !stopped;
    if (result.repeated()) {
      console.out().println(new SummaryTable(result.summary().orElseThrow()).text());
      console.out().println();
      printFront(result.summary().orElseThrow());
      printFiles(result.directory(), result.model().toString());
      Object evaluations = result.summary().orElseThrow().config().get("evaluations");
      // With both, the one that ended the search.
      boolean counted =
          evaluations instanceof Number most
              && (result.summary().orElseThrow().config().get("lookahead") != null
                  || result.summary().orElseThrow().figures().networks() >= most.intValue());
      int done =
          counted
              ? ((Number) evaluations).intValue()
              : result.summary().orElseThrow().figures().generations();
      String unit = counted ? "evaluation" : "generation";
      console
          .out()
          .println(
              Text.format(
                  "this run is finished, after %s; to go on, raise them: %s --%ss %d",
                  Text.count(done, unit),
                  resumeLine.apply(result.directory().path()),
                  unit,
                  2 * done));
    } else if (result.summary().isPresent()) {
      printResult(result, result.summary().get(), timeUp);
      result.error().ifPresent(error -> console.err().println(PROGRAM + error));
    } else {
      console.err().println(PROGRAM + nothingFound(result, timeUp));
    }
    console.out().flush();
  }

  private String nothingFound(SearchResult result, boolean timeUp) {
    if (result.error().isPresent()) {
      return result.error().get() + "; there is no model";
    }
    return result.stop() == SearchResult.Stop.FINISHED
        ? "every candidate failed, for the reasons above; there is no model"
        : Text.format(
            "%s before the first candidate finished; there is no model; resume with: %s",
            timeUp ? "time is up" : "stopped", resumeLine.apply(result.directory().path()));
  }

  private void printResult(SearchResult result, RunSummary summary, boolean timeUp) {
    List<Double> best = result.generations().stream().map(g -> g.best().fitness()).toList();
    console.out().println();
    console.out().println(SummaryCard.of(summary, best, console.style()));
    console.out().println();
    printFront(summary);
    if (summary.interrupted()) {
      console
          .out()
          .println((timeUp ? "time is up" : "stopped early") + "; this is the best so far");
    }
    printFiles(
        result.directory(),
        result.modelOnDisk() ? result.model().toString() : "to be retrained at the end of the run");
    if (summary.interrupted()) {
      console.out().println("resume with: " + resumeLine.apply(result.directory().path()));
    }
  }

  private void printFront(RunSummary summary) {
    if (!summary.front().isEmpty()) {
      console.out().println(FrontTable.of(summary));
      console.out().println("* the best model");
      console.out().println();
    }
  }

  private void printFiles(RunDirectory directory, String model) {
    console.out().println("model   " + model);
    if (Files.isDirectory(directory.front())) {
      console.out().println("front   " + directory.front());
    }
    console.out().println("facts   " + directory.bestChromosome());
    if (Files.isDirectory(directory.top())) {
      console.out().println("top     " + directory.top());
    }
    if (Files.exists(directory.report())) {
      console.out().println("report  " + directory.report());
    }
  }

  /** Removes the bar of an unfinished generation. */
  @Override
  public synchronized void close() {
    closeBar();
    session.close();
  }

  private String part(int generation) {
    return search
        .map(start -> SearchText.part(start.settings(), generation))
        .orElseGet(() -> Text.format("generation %d/%d", generation, generations));
  }

  private void openBar(Screen screen, int generation) {
    LiveBar shown = new LiveBar(screen, () -> below(screen));
    live = Optional.of(shown);
    bar =
        Optional.of(
            shown
                .builder(part(generation))
                .setInitialMax(1)
                .setRenderer(new GenerationBar(screen.style(), state::snapshot))
                .build());
  }

  /**
   * Returns the line of the run, lines of the GPUs, then of the workers, as many as fit on the
   * screen below the bar.
   */
  private List<String> below(Screen screen) {
    int width = screen.style().columns().getAsInt() - 1;
    SearchSnapshot now = state.snapshot();
    List<String> lines = new ArrayList<>();
    runLine(now, screen.style(), width).ifPresent(lines::add);
    String usages = GpuReport.latest(gpus.get());
    if (!usages.isEmpty()) {
      Fold.line(usages, screen.style(), 0).lines().forEach(lines::add);
    }
    now.cluster().ifPresent(line -> Fold.line(line, screen.style(), 0).lines().forEach(lines::add));
    int height = Math.max(1, screen.style().rows().getAsInt() - 2 - lines.size());
    lines.addAll(WorkerLines.of(now.workers(), screen.style(), width, height));
    return lines;
  }

  /**
   * Returns the best so far with its interval, and the time to the end of the run, as far as they
   * are known. The interval is left out where the line would not fit.
   */
  private Optional<String> runLine(SearchSnapshot now, Style style, int width) {
    Optional<String> interval =
        now.best()
            .flatMap(best -> search.flatMap(start -> start.interval(best.fitness())))
            .map(ends -> " (95 % " + AccuracyNotes.fractions(ends) + ")");
    String line = runLine(now, style, interval.orElse(""));
    String shown = Screen.plain(line).length() > width ? runLine(now, style, "") : line;
    return shown.isEmpty() ? Optional.empty() : Optional.of(shown);
  }

  private static String runLine(SearchSnapshot now, Style style, String interval) {
    List<String> parts = new ArrayList<>();
    now.best()
        .ifPresent(
            best ->
                parts.add(
                    Text.format(
                        "best so far %s%s %s",
                        style.good(Text.format("%.4f", best.fitness())),
                        interval,
                        style.bold(best.job().architecture().phenotype()))));
    if (now.budget() > 0 && now.hasGenerations()) {
      parts.add(Text.format("%d/%d evaluations", now.networks(), now.budget()));
    }
    now.runLeft().ifPresent(left -> parts.add("run " + GenerationBar.clock(left) + " left"));
    return String.join("  ", parts);
  }

  private void closeBar() {
    bar.ifPresent(ProgressBar::close);
    live.ifPresent(LiveBar::close);
    bar = Optional.empty();
    live = Optional.empty();
  }
}
