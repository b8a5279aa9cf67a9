package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.AlgorithmSettings;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.text.Text;
import java.util.OptionalInt;

/** How a search is described to people: by generations, or by evaluations where it has none. */
final class SearchText {
  private SearchText() {}

  /** Whether one of the program's algorithms without generations searches. */
  static boolean hasNoGenerations(SearchSettings settings) {
    return settings.algorithm().isEmpty() && settings.builtIn().isAsynchronous();
  }

  /** What is evaluated, such as {@code 10 chromosomes x 20 generations}. */
  static String size(SearchSettings settings) {
    AlgorithmSettings algorithm = settings.builtIn();
    return hasNoGenerations(settings)
        ? Text.format(
            "%s%s%s, %s, lookahead %d",
            algorithm.name(),
            algorithm.surrogate() ? " with surrogate" : "",
            algorithm.earlyStopping() ? " with early stopping" : "",
            Text.count(algorithm.evaluations(), "evaluation"),
            algorithm.lookahead())
        : generational(settings);
  }

  private static String generational(SearchSettings settings) {
    String size = Text.count(settings.genetic().populationSize(), "chromosome");
    OptionalInt generations = settings.generations();
    if (generations.isPresent()) {
      size += " x " + Text.count(generations.getAsInt(), "generation");
    }
    if (settings.evaluations().isPresent()) {
      size +=
          (generations.isPresent() ? ", at most " : ", ")
              + Text.count(settings.evaluations().getAsInt(), "evaluation");
    }
    return settings.mayEndEarly() && settings.builtIn().surrogate()
        ? size + ", with surrogate"
        : size;
  }

  /** What a bar or a line stands for: a generation, from 1, or the whole search. */
  static String part(SearchSettings settings, int generation) {
    return hasNoGenerations(settings)
        ? settings.builtIn().name()
        : settings.generations().isPresent()
            ? Text.format("generation %d/%d", generation, settings.generations().getAsInt())
            : Text.format("generation %d", generation);
  }
}
