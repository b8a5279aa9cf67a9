package io.github.cnnevolution.examples;

import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Search;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.evaluation.TrainedCandidate;
import java.nio.file.Path;

/** Searches for a network that is accurate and fast. */
public final class OwnFitnessExample {
  private OwnFitnessExample() {}

  // docs: fitness
  /** The accuracy minus 1 % for each millisecond that one image takes. */
  static final class AccurateAndFast implements FitnessFunction {
    @Override
    public String name() {
      return "accuracy-minus-latency";
    }

    @Override
    public double fitness(TrainedCandidate candidate) throws InterruptedException {
      double milliseconds = 1000 * candidate.inferenceSeconds(1, 20);
      return Math.max(-0.99, candidate.accuracy() - 0.01 * milliseconds);
    }
  }

  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    SearchSettings settings =
        SearchSettings.builder()
            .data("synthetic")
            .trainLimit(60)
            .epochs(1)
            .populationSize(2)
            .generations(1)
            .fitness(new AccurateAndFast())
            .directory(Path.of(arguments[0]))
            .build();
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      System.out.println(search.run().best().orElseThrow().fitness());
    }
  }
  // end
}
