package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.engine.AlgorithmSettings;
import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Search;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Which share of the time of eight workers each algorithm uses: whole searches, whose candidates
 * are not trained. Each takes between 120 ms and 105 times as long, by its FLOPs, with deviations
 * of 30 %. What the search itself takes, its store and the tail at its end count as not used.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.WorkerUse 3
 * </pre>
 */
public final class WorkerUse {
  private static final int WORKERS = 8;
  private static final int EVALUATIONS = 200;
  private static final double SPREAD = 105;
  private static final double SHORTEST_NANOS = 120e6;

  /** A candidate that was evaluated, in the nanoseconds of the machine. */
  private record Span(long start, long end) {}

  private final ConcurrentLinkedQueue<Span> spans = new ConcurrentLinkedQueue<>();
  private final LongSummaryStatistics flops =
      new PlainSpace()
          .all(Architecture.CLASSES).stream().mapToLong(Architecture::flops).summaryStatistics();

  private WorkerUse() {}

  /** Takes the number of rounds; in each round all algorithms search in turn. */
  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
    System.out.println(
        "| algorithm | evaluations | seconds | in use until the last begins | whole |");
    System.out.println("|---|---|---|---|---|");
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, AlgorithmSettings> one : algorithms().entrySet()) {
        System.out.println("| " + one.getKey() + new WorkerUse().row(one.getValue(), round + 1));
      }
    }
    // The workers of a search that has ended keep no thread alive; LibTorch may.
    System.exit(0);
  }

  private static Map<String, AlgorithmSettings> algorithms() {
    AlgorithmSettings steady = AlgorithmSettings.of("steady").withEvaluations(EVALUATIONS);
    Map<String, AlgorithmSettings> all = new LinkedHashMap<>();
    all.put("genetic, population 10", AlgorithmSettings.GENETIC);
    all.put("steady, lookahead 8", steady);
    all.put("steady, lookahead 16", steady.withLookahead(16));
    all.put("steady, surrogate, lookahead 16", steady.withLookahead(16).withSurrogate());
    return all;
  }

  private String row(AlgorithmSettings algorithm, long seed) throws Exception {
    Path directory = Files.createTempDirectory("worker-use");
    SearchSettings.Builder settings =
        SearchSettings.builder()
            .data("synthetic")
            .trainLimit(50)
            .epochs(1)
            .workers(WORKERS)
            .seed(seed)
            .builtIn(algorithm)
            .evaluators(trainer -> (job, worker, parts) -> evaluate(job, worker))
            .directory(directory);
    if (!algorithm.isAsynchronous()) {
      settings.generations(EVALUATIONS / 10);
    }
    int last = algorithm.isAsynchronous() ? 0 : EVALUATIONS / 10 - 1;
    SearchListener listener =
        new SearchListener() {
          @Override
          public void onGenerationEnd(Generation generation, GenerationCounts counts) {
            if (generation.index() == last) {
              // So that the best, which nobody has trained, is not trained now.
              Thread.currentThread().interrupt();
            }
          }
        };
    try (Search search = Search.start(settings.build(), listener)) {
      search.run();
      Thread.interrupted();
    }
    long start = spans.stream().mapToLong(Span::start).min().orElseThrow();
    long lastStart = spans.stream().mapToLong(Span::start).max().orElseThrow();
    long end = spans.stream().mapToLong(Span::end).max().orElseThrow();
    return String.format(
        Locale.ROOT,
        " | %d | %.1f | %.3f | %.3f |",
        spans.size(),
        (end - start) / 1e9,
        use(start, lastStart),
        use(start, end));
  }

  private double use(long start, long end) {
    long busy =
        spans.stream().mapToLong(span -> Math.max(0, Math.min(span.end, end) - span.start)).sum();
    return (double) busy / WORKERS / (end - start);
  }

  private Evaluation evaluate(EvaluationJob job, String worker) throws InterruptedException {
    long start = System.nanoTime();
    String network = job.architecture().phenotype();
    double constant = (flops.getMax() - SPREAD * flops.getMin()) / (SPREAD - 1);
    double size = (job.architecture().flops() + constant) / (flops.getMin() + constant);
    double deviation = Math.max(0.1, 1 + 0.3 * new Random(network.hashCode()).nextGaussian());
    Thread.sleep(Math.round(SHORTEST_NANOS * size * deviation / 1e6));
    double noise = new Random(network.hashCode() * 31L).nextGaussian();
    double accuracy = 0.05 * Math.log10((double) job.architecture().flops()) + 0.02 * noise;
    Evaluation evaluation = Evaluation.ofAccuracy(job, accuracy, List.of(), 1, 1, 1, worker);
    spans.add(new Span(start, System.nanoTime()));
    return evaluation;
  }
}
