package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.AlgorithmSettings;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.text.Text;

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
        : Text.format(
            "%s x %s",
            Text.count(settings.genetic().populationSize(), "chromosome"),
            Text.count(settings.genetic().generations(), "generation"));
  }

  /** What a bar or a line stands for: a generation, from 1, or the whole search. */
  static String part(SearchSettings settings, int generation) {
    return hasNoGenerations(settings)
        ? settings.builtIn().name()
        : Text.format("generation %d/%d", generation, settings.genetic().generations());
  }
}
