package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.search.AsynchronousParameters;
import io.github.cnnevolution.search.AsynchronousSearch;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.search.SteadyParameters;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How much of the workers' time a search without generations uses, by a simulated clock: the real
 * search and the real queue, eight workers, trainings whose durations are spread 105-fold and
 * differ from what their FLOPs say by 30 %. No time of the machine matters.
 */
class WorkerUseTest {
  private static final int WORKERS = 8;
  private static final int LOOKAHEAD = 16;
  private static final int EVALUATIONS = 200;
  private static final int SEEDS = 3;
  private static final double SPREAD = 105;
  private static final PlainSpace SPACE = new PlainSpace();
  private static final ComputeDevice DEVICE = Candidates.cpu(0);

  /** A training that ends at a simulated time. */
  private record Training(double end, EvaluationJob job, String worker) {}

  private final long smallest = flops().min().orElseThrow();

  /** What every training takes, whatever its FLOPs, so that the durations are spread as said. */
  private final double constant = (flops().max().orElseThrow() - SPREAD * smallest) / (SPREAD - 1);

  private static LongStream flops() {
    return SPACE.all(Architecture.CLASSES).stream().mapToLong(Architecture::flops);
  }

  private static SearchAlgorithm search(boolean surrogate, long seed) {
    GeneticParameters defaults = GeneticParameters.builder().build();
    return AsynchronousSearch.steady(
        new AsynchronousParameters(EVALUATIONS, LOOKAHEAD, seed),
        SteadyParameters.of(defaults, SteadyParameters.Replacement.WORST, surrogate),
        List.of(),
        io.github.cnnevolution.search.Candidates.of(
            SPACE, PlainSpace.DEFAULT_LENGTH, Architecture.CLASSES));
  }

  private double duration(EvaluationJob job) {
    double deviate = new Random(job.architecture().phenotype().hashCode()).nextGaussian();
    return (job.architecture().flops() + constant) * Math.max(0.1, 1 + 0.3 * deviate);
  }

  /** The share of the workers' time in which they train, until the last training begins. */
  private double use(SearchAlgorithm search) throws InterruptedException {
    JobQueue<EvaluationJob, Evaluation> queue =
        new JobQueue<>(
            List.of(Candidates.workers(DEVICE, WORKERS, Candidates::success)),
            JobOrder.SUBMITTED_FIRST);
    PriorityQueue<Training> running =
        new PriorityQueue<>(Comparator.comparingDouble(Training::end));
    Deque<String> idle = new ArrayDeque<>();
    for (int i = 0; i < WORKERS; i++) {
      idle.add("worker " + i);
    }
    double now = 0;
    double busy = 0;
    double busyAtLastStart = 0;
    double lastStart = 0;
    do {
      for (Optional<Proposal> p = search.ask(); p.isPresent(); p = search.ask()) {
        CompletableFuture<Evaluation> unused = queue.submit(job(p.get()));
      }
      while (!idle.isEmpty() && queue.counts().pending() > 0) {
        EvaluationJob job = queue.take(DEVICE, idle.peek()).orElseThrow().job();
        running.add(new Training(now + duration(job), job, idle.remove()));
        lastStart = now;
        busyAtLastStart = busy;
      }
      Training ended = running.remove();
      busy += (ended.end - now) * (running.size() + 1);
      now = ended.end;
      Evaluation result = Candidates.success(ended.job, ended.worker, 1);
      queue.complete(ended.job, result);
      idle.add(ended.worker);
      search.tell(Outcome.of(ended.job.id(), fitness(ended.job)));
    } while (!search.isFinished());
    return busyAtLastStart / (WORKERS * lastStart);
  }

  /** Larger networks are better, with noise. */
  private static double fitness(EvaluationJob job) {
    Architecture network = job.architecture();
    double noise = new Random(network.phenotype().hashCode() * 31L).nextGaussian();
    return 0.05 * Math.log10((double) network.flops()) + 0.02 * noise;
  }

  private static EvaluationJob job(Proposal proposal) {
    return new EvaluationJob(
        proposal.index(),
        proposal.chromosome(),
        SPACE.decode(proposal.chromosome(), Architecture.CLASSES));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eightWorkersAreBusy(boolean surrogate) throws InterruptedException {
    double sum = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      sum += use(search(surrogate, seed));
    }
    assertTrue(sum / SEEDS >= 0.95, "in use: " + sum / SEEDS);
  }
}
