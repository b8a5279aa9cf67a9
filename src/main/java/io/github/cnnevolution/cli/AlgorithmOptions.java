package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.AlgorithmSettings;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.search.AsynchronousParameters;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.cli.Option;

/** The options that choose a search algorithm. */
final class AlgorithmOptions {
  private static final String ALGORITHM = "algorithm";

  private AlgorithmOptions() {}

  static List<Option> options() {
    return List.of(
        Arguments.valued(
            ALGORITHM,
            "NAME",
            "genetic, or without generations: steady, random, local (default: genetic)"),
        Arguments.valued(
            "evaluations",
            "N",
            Text.format(
                "distinct networks to train at most; genetic: instead of --generations, or the first of both ends the search (default: %d; genetic: no limit)",
                AlgorithmSettings.DEFAULT_EVALUATIONS)),
        Arguments.valued(
            "lookahead",
            "N",
            Text.format(
                "networks in training at a time, on any number of workers; part of the search (default: %d)",
                AsynchronousParameters.DEFAULT_LOOKAHEAD)),
        Arguments.valued(
            "replace",
            "WHO",
            "who leaves the population of steady: worst or oldest (default: worst)"),
        Arguments.flag(
            "surrogate", "a model chooses each child of genetic or steady among a hundred"),
        Arguments.flag(
            "early_stopping",
            "without generations: after a fifth of its epochs only the best third is trained on"));
  }

  /** Applies those that were given to what the settings hold. */
  static void apply(Arguments arguments, SearchSettings.Builder settings) throws UsageException {
    AlgorithmSettings changed = settings.builtIn().orElse(AlgorithmSettings.GENETIC);
    Optional<String> name = arguments.text(ALGORITHM);
    // The typed line is checked alone first: a resumed run has an algorithm that it does not name.
    boolean known = settings.builtIn().isPresent() || !arguments.isGiven("resume");
    OptionalInt evaluations =
        arguments.integer("evaluations", 1, AlgorithmSettings.MAX_EVALUATIONS);
    OptionalInt lookahead = arguments.integer("lookahead", 1, AlgorithmSettings.MAX_EVALUATIONS);
    if (!known) {
      return;
    }
    if (name.isPresent()) {
      changed = changed.withName(name.get());
    }
    if (evaluations.isPresent()) {
      changed = changed.withEvaluations(evaluations.getAsInt());
    }
    if (lookahead.isPresent()) {
      changed = changed.withLookahead(lookahead.getAsInt());
    }
    if (arguments.isGiven("replace")) {
      changed = changed.withReplacement(arguments.text("replace").orElseThrow());
    }
    if (arguments.has("surrogate")) {
      changed = changed.withSurrogate();
    }
    if (arguments.has("early_stopping")) {
      changed = changed.withEarlyStopping();
    }
    settings.builtIn(changed);
  }
}
