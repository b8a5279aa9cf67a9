package io.github.cnnevolution.engine;

import io.github.cnnevolution.search.Admission;
import io.github.cnnevolution.search.AsynchronousParameters;
import io.github.cnnevolution.search.AsynchronousSearch;
import io.github.cnnevolution.search.Candidates;
import io.github.cnnevolution.search.EarlyStopping;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.GenomeGrowth;
import io.github.cnnevolution.search.Nsga2;
import io.github.cnnevolution.search.Objectives;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.search.SteadyParameters;
import io.github.cnnevolution.search.SteadyParameters.Replacement;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which of the program's algorithms searches, and what those without generations need.
 *
 * @param name one of {@link #NAMES}
 * @param evaluations how many networks are proposed at most; 0, for the genetic algorithm alone: no
 *     limit
 * @param lookahead virtual slots: how many are evaluated at a time at most
 * @param surrogate whether a model chooses each child of {@code steady} or {@code genetic}
 * @param replacement who leaves the population of {@code steady}
 * @param earlyStopping whether two thirds of the trainings are stopped after a fifth
 */
public record AlgorithmSettings(
    String name,
    int evaluations,
    int lookahead,
    boolean surrogate,
    Replacement replacement,
    boolean earlyStopping) {
  /** The names of the algorithms. */
  public static final List<String> NAMES =
      List.of(
          GeneticAlgorithm.NAME,
          AsynchronousSearch.STEADY,
          AsynchronousSearch.RANDOM,
          AsynchronousSearch.LOCAL);

  /** How many networks are proposed without generations, if nothing else is said. */
  public static final int DEFAULT_EVALUATIONS = 200;

  /** The most networks that are proposed, and the most slots. */
  public static final int MAX_EVALUATIONS = 1_000_000;

  /** The genetic algorithm, which has generations. */
  public static final AlgorithmSettings GENETIC = of(GeneticAlgorithm.NAME);

  static final String EVALUATIONS = "evaluations";
  static final String LOOKAHEAD = "lookahead";
  static final String SURROGATE = "surrogate";
  static final String REPLACE = "replace";
  static final String EARLY_STOPPING = "early_stopping";

  /**
   * Checks the values.
   *
   * @throws SettingException if one is outside its range, or the algorithm does not have it
   */
  public AlgorithmSettings {
    if (!NAMES.contains(name)) {
      throw new SettingException(
          "algorithm", name, "is none of " + String.join(", ", NAMES) + "; give one of them");
    }
    boolean genetic = name.equals(GeneticAlgorithm.NAME);
    SettingChecks.within(EVALUATIONS, evaluations, genetic ? 0 : 1, MAX_EVALUATIONS);
    SettingChecks.within(LOOKAHEAD, lookahead, 1, MAX_EVALUATIONS);
    boolean steady = name.equals(AsynchronousSearch.STEADY);
    if (surrogate && !steady && !genetic) {
      throw alien(SURROGATE, "", name, "genetic and steady");
    }
    if (replacement != Replacement.WORST && !steady) {
      throw alien(REPLACE, text(replacement), name, "steady");
    }
    if (earlyStopping && genetic) {
      throw new SettingException(
          EARLY_STOPPING,
          "",
          "is not for genetic, whose generations wait for their slowest training anyway; choose steady with {algorithm}");
    }
    if (genetic && lookahead != AsynchronousParameters.DEFAULT_LOOKAHEAD) {
      throw alien(LOOKAHEAD, lookahead, name, "steady, random and local");
    }
  }

  private static SettingException alien(
      String setting, Object value, String algorithm, String others) {
    return new SettingException(
        setting,
        value,
        Text.format(
            "is for %s, not for %s; leave it out, or choose one with {algorithm}",
            others, algorithm));
  }

  /** An algorithm with its defaults. */
  public static AlgorithmSettings of(String name) {
    return new AlgorithmSettings(
        name,
        name.equals(GeneticAlgorithm.NAME) ? 0 : DEFAULT_EVALUATIONS,
        AsynchronousParameters.DEFAULT_LOOKAHEAD,
        false,
        Replacement.WORST,
        false);
  }

  /** Returns these settings with another algorithm. */
  public AlgorithmSettings withName(String other) {
    int count = evaluations == 0 ? of(other).evaluations() : evaluations;
    return new AlgorithmSettings(other, count, lookahead, surrogate, replacement, earlyStopping);
  }

  /** Returns these settings with another number of proposals. */
  public AlgorithmSettings withEvaluations(int count) {
    return new AlgorithmSettings(name, count, lookahead, surrogate, replacement, earlyStopping);
  }

  /** Returns these settings with another number of virtual slots. */
  public AlgorithmSettings withLookahead(int slots) {
    return new AlgorithmSettings(name, evaluations, slots, surrogate, replacement, earlyStopping);
  }

  /** Returns these settings with a model that chooses the children. */
  public AlgorithmSettings withSurrogate() {
    return new AlgorithmSettings(name, evaluations, lookahead, true, replacement, earlyStopping);
  }

  /** Returns these settings with trainings that are stopped early. */
  public AlgorithmSettings withEarlyStopping() {
    return new AlgorithmSettings(name, evaluations, lookahead, surrogate, replacement, true);
  }

  /**
   * Returns these settings with another one who leaves the population.
   *
   * @param who {@code worst} or {@code oldest}
   * @throws SettingException if it is neither
   */
  public AlgorithmSettings withReplacement(String who) {
    for (Replacement one : Replacement.values()) {
      if (text(one).equals(who)) {
        return new AlgorithmSettings(name, evaluations, lookahead, surrogate, one, earlyStopping);
      }
    }
    throw new SettingException(REPLACE, who, "is neither worst nor oldest; give one of them");
  }

  private static String text(Replacement replacement) {
    return replacement.name().toLowerCase(Locale.ROOT);
  }

  /** Whether the algorithm has no generations. */
  public boolean isAsynchronous() {
    return !name.equals(GeneticAlgorithm.NAME);
  }

  /**
   * Whether a search with generations may end before the last of them: its evaluations are spent,
   * or there are no more networks.
   */
  public boolean mayEndEarly() {
    return !isAsynchronous() && (evaluations > 0 || surrogate);
  }

  /** As a run stores them; nothing for the genetic algorithm as it is. */
  Map<String, String> stored() {
    Map<String, String> options = new LinkedHashMap<>();
    if (isAsynchronous()) {
      options.put("algorithm", name);
    }
    if (evaluations > 0) {
      options.put(EVALUATIONS, String.valueOf(evaluations));
    }
    if (isAsynchronous()) {
      options.put(LOOKAHEAD, String.valueOf(lookahead));
    }
    if (surrogate) {
      options.put(SURROGATE, "true");
    }
    if (name.equals(AsynchronousSearch.STEADY)) {
      options.put(REPLACE, text(replacement));
    }
    if (earlyStopping) {
      options.put(EARLY_STOPPING, "true");
    }
    return options;
  }

  /**
   * Reads what {@link #stored} wrote.
   *
   * @throws IllegalArgumentException if a text makes no sense
   */
  static AlgorithmSettings read(Map<String, String> options) {
    AlgorithmSettings read = of(options.getOrDefault("algorithm", GeneticAlgorithm.NAME));
    read =
        options.containsKey(EVALUATIONS)
            ? read.withEvaluations(Integer.parseInt(options.get(EVALUATIONS)))
            : read;
    read =
        options.containsKey(LOOKAHEAD)
            ? read.withLookahead(Integer.parseInt(options.get(LOOKAHEAD)))
            : read;
    read = options.containsKey(REPLACE) ? read.withReplacement(options.get(REPLACE)) : read;
    read = options.containsKey(SURROGATE) ? read.withSurrogate() : read;
    return options.containsKey(EARLY_STOPPING) ? read.withEarlyStopping() : read;
  }

  /**
   * Refuses trainings that have no rung.
   *
   * @param epochs of a training
   * @throws SettingException if they are too few
   */
  void checkEpochs(int epochs) {
    if (earlyStopping && epochs < EarlyStopping.FEWEST_EPOCHS) {
      throw new SettingException(
          "epochs",
          epochs,
          Text.format(
              "is too few to stop a training early; give at least %d, or leave out {early_stopping}",
              EarlyStopping.FEWEST_EPOCHS));
    }
  }

  /**
   * Where trainings are stopped early, if they are.
   *
   * @param epochs of a training
   * @param objectives with several, networks are compared with those of similar size
   */
  Optional<EarlyStopping> earlyStopping(int epochs, Objectives objectives) {
    return earlyStopping
        ? Optional.of(EarlyStopping.of(epochs, objectives.areSeveral()))
        : Optional.empty();
  }

  /**
   * Whether a larger space begins with a generation: a population is bred as a whole, from one
   * sequence of random numbers. Otherwise it begins with the next network.
   */
  boolean growsByGenerations(Objectives objectives) {
    return !isAsynchronous() && !objectives.areSeveral();
  }

  /** The candidates of the space as it was at first, and as it became later. */
  private static Candidates candidates(
      SearchSpace space, int genomeSize, Optional<Admission> admission, GenomeGrowth growth) {
    Map<Integer, Candidates> later = new LinkedHashMap<>();
    growth
        .sizes()
        .forEach((step, bits) -> later.put(step, candidates(space, bits).admitting(admission)));
    return candidates(space, genomeSize).admitting(admission).growing(later);
  }

  private static Candidates candidates(SearchSpace space, int bits) {
    return Candidates.of(SpaceText.atLength(space, bits), bits, Architecture.CLASSES);
  }

  /**
   * The algorithm at its beginning.
   *
   * @param epochs of a training
   * @param objectives with several, the genetic algorithm is NSGA-II
   * @param admission which chromosomes may be proposed; empty if all may
   * @param growth how chromosomes became longer: by generations, if {@link #growsByGenerations}
   */
  SearchAlgorithm create(
      int epochs,
      GeneticParameters genetic,
      Objectives objectives,
      List<Chromosome> given,
      SearchSpace space,
      Optional<Admission> admission,
      GenomeGrowth growth) {
    if (!isAsynchronous() && !objectives.areSeveral() && !surrogate) {
      return evaluations == 0
          ? new GeneticAlgorithm(genetic, given, admission, growth)
          : GeneticAlgorithm.within(
              evaluations,
              genetic,
              given,
              admission,
              growth,
              chromosome -> space.decode(chromosome, Architecture.CLASSES).phenotype());
    }
    // Durations and sizes need be no more than comparable: any number of classes will do.
    Candidates candidates = candidates(space, genetic.genomeSize(), admission, growth);
    if (!isAsynchronous()) {
      OptionalInt budget = evaluations == 0 ? OptionalInt.empty() : OptionalInt.of(evaluations);
      return objectives.areSeveral()
          ? new Nsga2(genetic, budget, objectives, surrogate, given, candidates)
          : GeneticAlgorithm.guided(budget, genetic, given, candidates);
    }
    AsynchronousParameters parameters =
        new AsynchronousParameters(
            evaluations, lookahead, genetic.seed(), earlyStopping(epochs, objectives));
    return switch (name) {
      case AsynchronousSearch.RANDOM -> AsynchronousSearch.random(parameters, given, candidates);
      case AsynchronousSearch.LOCAL -> AsynchronousSearch.local(parameters, given, candidates);
      default ->
          AsynchronousSearch.steady(
              parameters,
              SteadyParameters.of(genetic, replacement, surrogate),
              objectives,
              given,
              candidates);
    };
  }
}
