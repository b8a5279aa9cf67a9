package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;

/**
 * How fast a device trains with several workers, compared with one: what was measured with 1, 2, 4,
 * ... of them.
 *
 * @param levels in the order of their workers; the first is 1
 */
public record WorkerScaling(List<Level> levels) {
  /** More workers must give this many times the images a second, or fewer are enough. */
  public static final double LEAST_RISE = 1.1;

  /** Two measurements that differ by more are not believed without a third. */
  private static final double LARGEST_DIFFERENCE = 0.1;

  /**
   * A number of workers.
   *
   * @param ratio of their images a second to those of one worker
   */
  public record Level(int workers, double ratio) {}

  /** The images a second of a number of workers on the same networks. */
  @FunctionalInterface
  public interface Speed {
    /** Measures for some tenths of a second. */
    double imagesPerSecond(int workers) throws InterruptedException;
  }

  /**
   * Checks the levels.
   *
   * @throws IllegalArgumentException if they do not begin with one worker or do not rise
   */
  public WorkerScaling {
    levels = List.copyOf(levels);
    if (levels.isEmpty() || levels.get(0).workers() != 1) {
      throw new IllegalArgumentException("the first number of workers must be 1");
    }
    for (int i = 1; i < levels.size(); i++) {
      if (levels.get(i).workers() <= levels.get(i - 1).workers()) {
        throw new IllegalArgumentException("the numbers of workers must rise");
      }
    }
    if (levels.stream().anyMatch(level -> !(level.ratio() > 0) || level.ratio() > 1e6)) {
      throw new IllegalArgumentException("the ratios must be positive");
    }
  }

  /**
   * Measures with 1, 2, 4, ... workers, as long as their images a second rise.
   *
   * @param most workers, at least 1
   * @param isWorthwhile tells by the images a second of one worker whether to go on
   * @return empty if it is not worthwhile, or nothing was trained in the time
   */
  public static Optional<WorkerScaling> measure(int most, Speed speed, DoublePredicate isWorthwhile)
      throws InterruptedException {
    double one = median(1, speed);
    if (!(one > 0) || !isWorthwhile.test(one)) {
      return Optional.empty();
    }
    List<Level> levels = new ArrayList<>(List.of(new Level(1, 1)));
    boolean rises = true;
    for (int workers = 1; rises && workers < most; ) {
      workers = Math.min(2 * workers, most);
      double ratio = median(workers, speed) / one;
      rises = ratio >= LEAST_RISE * levels.get(levels.size() - 1).ratio();
      if (ratio > 0) {
        levels.add(new Level(workers, ratio));
      }
    }
    return Optional.of(new WorkerScaling(levels));
  }

  /** Of two measurements that agree their mean; otherwise the median of three. */
  private static double median(int workers, Speed speed) throws InterruptedException {
    double first = speed.imagesPerSecond(workers);
    double second = speed.imagesPerSecond(workers);
    if (Math.abs(first - second) <= LARGEST_DIFFERENCE * Math.max(first, second)) {
      return (first + second) / 2;
    }
    double third = speed.imagesPerSecond(workers);
    return Math.max(Math.min(first, second), Math.min(Math.max(first, second), third));
  }

  /** The fewest workers of which twice as many are not clearly faster. */
  public int best() {
    int best = 0;
    while (best + 1 < levels.size()
        && levels.get(best + 1).ratio() >= LEAST_RISE * levels.get(best).ratio()) {
      best++;
    }
    return levels.get(best).workers();
  }

  private double ratio(int workers) {
    // Between two levels as much as on the line between them.
    Level before = levels.get(0);
    for (Level level : levels) {
      if (level.workers() >= workers) {
        int span = Math.max(1, level.workers() - before.workers());
        double part = (double) (workers - before.workers()) / span;
        return before.ratio() + part * (level.ratio() - before.ratio());
      }
      before = level;
    }
    return before.ratio();
  }

  /** How many times the images a second of so many workers the best number of them has. */
  public double gainOver(int workers) {
    return ratio(best()) / ratio(workers);
  }

  /** Such as {@code images/s with 1, 2, 4, 8: 1.0, 1.7, 2.4, 2.5 times one}. */
  public String text() {
    return Text.format(
        "images/s with %s: %s times one",
        levels.stream()
            .map(level -> String.valueOf(level.workers()))
            .collect(Collectors.joining(", ")),
        levels.stream()
            .map(level -> Text.format("%.1f", level.ratio()))
            .collect(Collectors.joining(", ")));
  }
}
