package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.AlgorithmSettings;
import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Search;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.engine.SearchStart;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.AsynchronousParameters;
import io.github.cnnevolution.search.AsynchronousSearch;
import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.search.SteadyParameters;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How time and memory of a run grow with its evaluations, part by part. Its candidates are not
 * trained: their accuracies are made up. Prints a table with the exponent of each part between the
 * two largest runs: 1 is linear.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.report.RunGrowth 10000
 * java -cp target/benchmarks.jar io.github.cnnevolution.report.RunGrowth 1000 surrogate
 * </pre>
 */
public final class RunGrowth {
  private static final int FACTOR = 10;
  private static final int SMALLEST = 10;
  private static final int POPULATION = 10;
  private static final int LOOKAHEAD = 8;
  private static final int REPETITIONS = 5;
  private static final SearchSpace SPACE = SpaceFile.builtIn().get("residual");

  private final Map<String, List<Double>> rows = new LinkedHashMap<>();

  private RunGrowth() {}

  /** Takes the evaluations of the largest run; with {@code surrogate}, measures only the model. */
  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    int largest = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
    boolean surrogate = List.of(arguments).contains("surrogate");
    List<Integer> sizes = new ArrayList<>();
    for (int size = SMALLEST; size <= largest; size *= FACTOR) {
      sizes.add(size);
    }
    // Once for nothing: the virtual machine compiles what follows.
    new RunGrowth().measure(SMALLEST * FACTOR, surrogate);
    RunGrowth growth = new RunGrowth();
    for (int size : sizes) {
      growth.measure(size, surrogate);
    }
    growth.print(sizes);
    // The workers of a search that has ended keep no thread alive; LibTorch may.
    System.exit(0);
  }

  private void measure(int evaluations, boolean surrogate) throws Exception {
    if (surrogate) {
      add("proposals, steady with surrogate, s", seconds(() -> propose(steady(evaluations, true))));
      return;
    }
    add("proposals, genetic, s", seconds(() -> propose(genetic(evaluations))));
    add("proposals, steady, s", seconds(() -> propose(steady(evaluations, false))));
    Path directory = Files.createTempDirectory("run-growth").resolve("run");
    run(directory, evaluations);
    RunDirectory run = new RunDirectory(directory);
    add("reading the store with all checks, s", median(() -> StoredRun.of(run)));
    StoredRun stored = StoredRun.of(run);
    add("report.html, s", median(() -> RunPage.selfContained(PageData.of(stored))));
    add("its bytes", bytes(RunPage.selfContained(PageData.of(stored))));
    add("runs show --json, s", median(() -> new RunTables(stored).json()));
    add(
        "all evaluations as CSV, s",
        median(() -> CsvReport.write(run.database(), OutputStream.nullOutputStream())));
    add(
        "evolve --resume for one evaluation more, s",
        seconds(() -> resume(directory, evaluations)));
  }

  // ---------------------------------------------------------------- the algorithms alone

  private static SearchAlgorithm genetic(int evaluations) {
    return new GeneticAlgorithm(
        GeneticParameters.builder()
            .genomeSize(SPACE.defaultLength())
            .populationSize(POPULATION)
            .generations(evaluations / POPULATION)
            .build(),
        List.of());
  }

  private static SearchAlgorithm steady(int evaluations, boolean surrogate) {
    GeneticParameters breeding = GeneticParameters.builder().populationSize(POPULATION).build();
    return AsynchronousSearch.steady(
        new AsynchronousParameters(evaluations, LOOKAHEAD, 1),
        SteadyParameters.of(breeding, SteadyParameters.Replacement.WORST, surrogate),
        List.of(),
        Candidates.of(SPACE, SPACE.defaultLength(), Architecture.CLASSES));
  }

  private static void propose(SearchAlgorithm algorithm) {
    Queue<Proposal> waiting = new ArrayDeque<>();
    do {
      for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
        waiting.add(p.get());
      }
      Proposal proposal = waiting.remove();
      Architecture network = SPACE.decode(proposal.chromosome(), Architecture.CLASSES);
      algorithm.tell(Outcome.of(proposal.index(), accuracy(network)));
    } while (!algorithm.isFinished());
  }

  // ---------------------------------------------------------------- a run

  private static AlgorithmSettings steady(int evaluations) {
    return AlgorithmSettings.of(AsynchronousSearch.STEADY)
        .withEvaluations(evaluations)
        .withLookahead(LOOKAHEAD);
  }

  /** Larger networks are a little better, each with a deviation of its own. */
  private static double accuracy(Architecture network) {
    double deviation = new Random(network.phenotype().hashCode() * 31L).nextGaussian();
    return Math.min(1, Math.max(0, 0.05 * Math.log10((double) network.flops()) + 0.02 * deviation));
  }

  private static Evaluation evaluate(EvaluationJob job, String worker) {
    double accuracy = accuracy(job.architecture());
    List<EpochMetrics> curve =
        IntStream.rangeClosed(1, 5)
            .mapToObj(epoch -> new EpochMetrics(5.0 / epoch, accuracy * epoch / 5))
            .toList();
    return Evaluation.ofAccuracy(job, accuracy, curve, 1, 1, 1, worker);
  }

  private void run(Path directory, int evaluations) throws Exception {
    Watch watch = new Watch(evaluations);
    SearchSettings settings =
        SearchSettings.builder()
            .space(SPACE)
            .data("synthetic")
            .trainLimit(50)
            .epochs(1)
            .workers(1)
            .builtIn(steady(evaluations))
            .evaluators(trainer -> (job, worker, parts) -> evaluate(job, worker))
            .directory(directory)
            .build();
    try (Search search = Search.start(settings, watch)) {
      add("a run that trains nothing, steady, s", seconds(search::run));
      Thread.interrupted();
    }
    add("heap at its end, without garbage, MB", watch.heap / 1e6);
    add("a new result for the live page, s", watch.seconds);
    add("bytes sent to each page", watch.bytes);
  }

  private static void resume(Path directory, int evaluations) throws Exception {
    try (Search search =
        Search.resume(
            directory,
            stored ->
                stored
                    .builtIn(steady(evaluations + 1))
                    .evaluators(trainer -> (job, worker, parts) -> evaluate(job, worker)),
            new StopBeforeTheBest())) {
      search.run();
      Thread.interrupted();
    }
  }

  /** Stops a search at its end: nobody has trained its best, and nobody shall. */
  private static class StopBeforeTheBest implements SearchListener {
    @Override
    public void onGenerationEnd(Generation generation, GenerationCounts counts) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks at a run when it gets its last evaluations. */
  private static final class Watch extends StopBeforeTheBest {
    private final int evaluations;
    private Optional<LiveData> live = Optional.empty();
    private int done;
    private double heap;
    private double seconds;
    private double bytes;
    private Map<String, Object> before = Map.of();

    Watch(int evaluations) {
      this.evaluations = evaluations;
    }

    @Override
    public void onSearchStart(SearchStart start) {
      SearchState state = new SearchState(System::nanoTime);
      live = Optional.of(new LiveData(start.directory(), start.store(), state));
    }

    @Override
    public synchronized void onEnd(Evaluation evaluation) {
      done++;
      if (evaluations - done < REPETITIONS) {
        seconds = RunGrowth.seconds(this::tellPages);
      }
      if (done == evaluations) {
        System.gc();
        heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      }
    }

    private void tellPages() {
      PageData now = live.orElseThrow().document(RunState.RUNNING);
      bytes = bytes(PageJson.of(PageChange.between(before, now.object()).orElseThrow()));
      before = now.object();
    }
  }

  // ---------------------------------------------------------------- the table

  /** What is measured. */
  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) {
    long start = System.nanoTime();
    try {
      work.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(Work work) {
    double[] all = DoubleStream.generate(() -> seconds(work)).limit(REPETITIONS).sorted().toArray();
    return all[REPETITIONS / 2];
  }

  private static double bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private void add(String part, double value) {
    rows.computeIfAbsent(part, any -> new ArrayList<>()).add(value);
  }

  private void print(List<Integer> sizes) {
    List<String> names = sizes.stream().map(n -> String.format(Locale.ROOT, "%,d", n)).toList();
    System.out.printf("| evaluations | %s | exponent |%n", String.join(" | ", names));
    System.out.println("|---".repeat(sizes.size() + 2) + "|");
    rows.forEach(
        (part, values) ->
            System.out.printf(
                "| %s | %s | %s |%n",
                part,
                values.stream().map(RunGrowth::text).collect(Collectors.joining(" | ")),
                exponent(values)));
  }

  private static String exponent(List<Double> values) {
    int last = values.size() - 1;
    return last == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "%.2f",
            Math.log(values.get(last) / values.get(last - 1)) / Math.log(FACTOR));
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.3g", value);
  }
}
