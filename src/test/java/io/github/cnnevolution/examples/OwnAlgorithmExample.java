package io.github.cnnevolution.examples;

import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Search;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.space.Chromosome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Searches with an algorithm of its own. */
public final class OwnAlgorithmExample {
  private OwnAlgorithmExample() {}

  // docs: algorithm
  /** Flips one bit of the best so far: a hill climber. A function of its seed and its outcomes. */
  static final class HillClimber implements SearchAlgorithm {
    private final Random random = new Random(1);
    private final int evaluations;
    private Proposal best = new Proposal(0, 0, new Chromosome("0".repeat(20)), "start", List.of());
    private double bestFitness = -1;
    private Proposal asked;
    private long next;
    private boolean waiting;

    HillClimber(int evaluations) {
      this.evaluations = evaluations;
    }

    @Override
    public String name() {
      return "hill-climber";
    }

    @Override
    public Optional<Proposal> ask() {
      if (waiting || next == evaluations) {
        return Optional.empty();
      }
      waiting = true;
      asked = next == 0 ? best : new Proposal(next, 0, flipped(), "flip", List.of(best.index()));
      next++;
      return Optional.of(asked);
    }

    private Chromosome flipped() {
      StringBuilder bits = new StringBuilder(best.chromosome().bits());
      int place = random.nextInt(bits.length());
      bits.setCharAt(place, bits.charAt(place) == '0' ? '1' : '0');
      return new Chromosome(bits.toString());
    }

    @Override
    public void tell(Outcome outcome) {
      waiting = false;
      if (outcome.fitness() > bestFitness) {
        bestFitness = outcome.fitness();
        best = asked;
      }
    }

    @Override
    public boolean isFinished() {
      return next == evaluations && !waiting;
    }
  }

  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    SearchSettings settings =
        SearchSettings.builder()
            .data("synthetic")
            .trainLimit(60)
            .epochs(1)
            .algorithm(() -> new HillClimber(3))
            .directory(Path.of(arguments[0]))
            .build();
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      System.out.println(search.run().best().orElseThrow().fitness());
    }
  }
  // end
}
