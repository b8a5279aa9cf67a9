package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.SearchSpace;
import java.io.Serializable;
import java.util.function.UnaryOperator;

/**
 * What executors must know that no option says: the space, and Java of a program's own.
 *
 * @param spaceName the name of the search space
 * @param definition of the space, as a run stores it
 * @param space null for one that name and definition say
 * @param fitness null for the accuracy
 * @param evaluators wraps evaluators; null: they stay as they are
 */
record SentJava(
    String spaceName,
    String definition,
    SentObject space,
    SentObject fitness,
    SentObject evaluators)
    implements Serializable {
  /**
   * What trains in a space, and is measured by accuracy.
   *
   * @throws SettingException if it is Java of the program's own that cannot be sent
   */
  static SentJava of(SearchSpace space) {
    return new SentJava(
        space.name(),
        SpaceFile.text(space),
        SpaceFile.isWritten(space) ? null : SentObject.of("space", space.name(), space),
        null,
        null);
  }

  /**
   * The same with another fitness.
   *
   * @throws SettingException if it cannot be sent
   */
  SentJava with(FitnessFunction function) {
    return function.equals(FitnessFunction.ACCURACY)
        ? this
        : new SentJava(
            spaceName,
            definition,
            space,
            SentObject.of("fitness", function.name(), function),
            evaluators);
  }

  /**
   * The same with wrapped evaluators.
   *
   * @throws SettingException if the wrapper cannot be sent
   */
  SentJava with(UnaryOperator<CandidateEvaluator> wrapper) {
    return new SentJava(
        spaceName, definition, space, fitness, SentObject.of("evaluators", "", wrapper));
  }

  /**
   * Makes a copy of each object.
   *
   * @throws SettingException if this process lacks a class
   */
  void check() {
    searchSpace();
    fitnessFunction();
    evaluatorWrapper();
  }

  /** The search space. */
  SearchSpace searchSpace() {
    return space == null
        ? SpaceFile.space(definition, spaceName, SpaceFile.builtIn())
        : space.copy(SearchSpace.class);
  }

  /** What is measured of candidates. */
  FitnessFunction fitnessFunction() {
    return fitness == null ? FitnessFunction.ACCURACY : fitness.copy(FitnessFunction.class);
  }

  /** Wraps the evaluator of each device. */
  @SuppressWarnings("unchecked")
  UnaryOperator<CandidateEvaluator> evaluatorWrapper() {
    return evaluators == null ? UnaryOperator.identity() : evaluators.copy(UnaryOperator.class);
  }
}
