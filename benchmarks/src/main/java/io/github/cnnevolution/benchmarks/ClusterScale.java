package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.search.AsynchronousParameters;
import io.github.cnnevolution.search.AsynchronousSearch;
import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.search.SteadyParameters;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Which share of the time of many GPUs a search without generations uses, by a simulated clock: the
 * real search in the residual space, and a driver that handles one result at a time. Trainings last
 * as long as the FLOPs of their networks say, with deviations of 30 %.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.ClusterScale 30 8 2 0.12 10 100 1000
 * </pre>
 *
 * <p>takes the mean seconds of a training, the milliseconds that a call and the store of a result
 * take the driver, the seconds in which a GPU waits for its next call although there is one, and
 * how many GPUs there are.
 */
public final class ClusterScale {
  private static final int EVALUATIONS_OF_A_GPU = 10;
  private static final SearchSpace SPACE = SpaceFile.builtIn().get("residual");

  private final double seconds;
  private final double driverSeconds;
  private final double gap;
  private final double meanFlops;

  private ClusterScale(double seconds, double driverSeconds, double gap) {
    this.seconds = seconds;
    this.driverSeconds = driverSeconds;
    this.gap = gap;
    Random random = new Random(1);
    this.meanFlops =
        random
            .longs(1000)
            .mapToObj(seed -> Chromosome.random(SPACE.defaultLength(), new Random(seed)))
            .mapToLong(chromosome -> SPACE.decode(chromosome, Architecture.CLASSES).flops())
            .average()
            .orElseThrow();
  }

  /** Something that happens at a simulated time. */
  private record Event(double time, boolean isHandled, long job, Chromosome chromosome) {}

  /** See the class. */
  public static void main(String[] arguments) {
    double driver = (Double.parseDouble(arguments[1]) + Double.parseDouble(arguments[2])) / 1000;
    ClusterScale scale =
        new ClusterScale(
            Double.parseDouble(arguments[0]), driver, Double.parseDouble(arguments[3]));
    System.out.println("| GPUs | lookahead | in use until the last begins | driver busy |");
    System.out.println("|---|---|---|---|");
    for (int i = 4; i < arguments.length; i++) {
      int gpus = Integer.parseInt(arguments[i]);
      for (double factor : new double[] {1, 1.5, 2}) {
        System.out.println(scale.row(gpus, (int) (factor * gpus)));
      }
    }
  }

  private static SearchAlgorithm search(int gpus, int lookahead) {
    GeneticParameters defaults = GeneticParameters.builder().build();
    return AsynchronousSearch.steady(
        new AsynchronousParameters(EVALUATIONS_OF_A_GPU * gpus, lookahead, 1),
        SteadyParameters.of(defaults, SteadyParameters.Replacement.WORST, false),
        List.of(),
        Candidates.of(SPACE, SPACE.defaultLength(), Architecture.CLASSES));
  }

  private double duration(Chromosome chromosome) {
    double flops = SPACE.decode(chromosome, Architecture.CLASSES).flops();
    double deviation = new Random(chromosome.bits().hashCode()).nextGaussian();
    return seconds * flops / meanFlops * Math.max(0.1, 1 + 0.3 * deviation);
  }

  private String row(int gpus, int lookahead) {
    SearchAlgorithm search = search(gpus, lookahead);
    PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingDouble(Event::time));
    Deque<Proposal> waiting = new ArrayDeque<>();
    int idle = gpus;
    double now = 0;
    double driverFree = 0;
    double driverBusy = 0;
    double occupied = 0;
    double lastStart = 0;
    double trainedAtLastStart = 0;
    int started = 0;
    do {
      for (Optional<Proposal> p = search.ask(); p.isPresent(); p = search.ask()) {
        waiting.add(p.get());
      }
      while (idle > 0 && !waiting.isEmpty()) {
        Proposal next = waiting.remove();
        double end = now + gap + duration(next.chromosome());
        events.add(new Event(end, false, next.index(), next.chromosome()));
        idle--;
        lastStart = now;
        trainedAtLastStart = occupied - gap * started;
        started++;
      }
      Event event = events.remove();
      occupied += (event.time - now) * (gpus - idle);
      now = event.time;
      if (event.isHandled) {
        search.tell(Outcome.of(event.job, fitness(event.chromosome)));
      } else {
        // Spark gives the GPU a call that it has already; the result waits for the driver.
        idle++;
        driverFree = Math.max(driverFree, now) + driverSeconds;
        driverBusy += driverSeconds;
        events.add(new Event(driverFree, true, event.job, event.chromosome));
      }
    } while (!search.isFinished());
    return String.format(
        Locale.ROOT,
        "| %d | %d | %.3f | %.3f |",
        gpus,
        lookahead,
        trainedAtLastStart / (gpus * lastStart),
        driverBusy / now);
  }

  /** Larger networks are better, with noise. */
  private static double fitness(Chromosome chromosome) {
    double flops = SPACE.decode(chromosome, Architecture.CLASSES).flops();
    double noise = new Random(chromosome.bits().hashCode() * 31L).nextGaussian();
    return 0.05 * Math.log10(flops) + 0.02 * noise;
  }
}
