package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * An evaluation as the store keeps it: what came out, and when and where.
 *
 * @param evaluation what came out
 * @param key digest of the {@link EvaluationKey}
 * @param seed of the run
 * @param epochs asked for
 * @param device on which it was done, such as {@code cpu} or {@code gpu1}; its model too where
 *     devices of several models may train, such as {@code gpu1 NVIDIA L4}
 * @param memoryBytes estimate of the device memory that it took; 0 where it is not watched
 * @param startedMillis by the clock of the machine, since 1970; the clock may be set back, so this
 *     gives no order
 * @param endedMillis the start and what it took by a clock that nobody sets
 * @param source the store of the other run that it was taken from, if any
 */
public record StoredEvaluation(
    Evaluation evaluation,
    String key,
    long seed,
    int epochs,
    String device,
    long memoryBytes,
    long startedMillis,
    long endedMillis,
    Optional<String> source) {
  /** Returns this evaluation as the result of another job that has the same architecture. */
  public Evaluation as(EvaluationJob job) {
    return new Evaluation(
        job,
        evaluation.fitness(),
        evaluation.objectives(),
        evaluation.trainedFraction(),
        evaluation.testAccuracy(),
        evaluation.failure(),
        evaluation.error(),
        evaluation.curve(),
        evaluation.trainSeconds(),
        evaluation.imagesPerSecond(),
        evaluation.microBatches(),
        evaluation.worker());
  }

  /** The names of the columns of a row. */
  public static List<String> names() {
    return StoreSchema.names(StoreSchema.COLUMNS);
  }

  /** Its row by the names of the columns, as text, whole numbers, numbers and null. */
  public Map<String, Object> row() {
    Map<String, Object> row = new LinkedHashMap<>();
    List<String> names = names();
    List<Object> values = columns();
    for (int i = 0; i < values.size(); i++) {
      row.put(names.get(i), values.get(i));
    }
    return row;
  }

  /** The values of its row in the order of {@link StoreSchema#COLUMNS}; more may be added. */
  List<Object> columns() {
    Architecture architecture = evaluation.job().architecture();
    List<Object> columns = new ArrayList<>();
    columns.add(evaluation.job().id());
    columns.add(key);
    columns.add(architecture.phenotype());
    columns.add(evaluation.job().chromosome().bits());
    columns.add(seed);
    columns.add(evaluation.fitness());
    columns.add(
        evaluation.testAccuracy().isPresent() ? evaluation.testAccuracy().getAsDouble() : null);
    columns.add(evaluation.failure().map(FailureKind::name).orElse(null));
    columns.add(evaluation.error().orElse(null));
    columns.add(architecture.parameters());
    columns.add(architecture.flops());
    columns.add((long) epochs);
    columns.add(StoreJson.curve(evaluation.curve()));
    columns.add(evaluation.trainSeconds());
    columns.add(evaluation.imagesPerSecond());
    columns.add((long) evaluation.microBatches());
    columns.add(device);
    columns.add(evaluation.worker());
    columns.add(memoryBytes);
    columns.add(startedMillis);
    columns.add(endedMillis);
    columns.add(source.orElse(null));
    columns.add(architecture.space());
    columns.add(StoreJson.objectives(evaluation.objectives()));
    columns.add(evaluation.trainedFraction());
    columns.add(evaluation.job().fraction());
    return columns;
  }

  /**
   * The evaluation of a row with these values.
   *
   * @param columns in the order of {@link StoreSchema#COLUMNS}, or of schema 1, which knew nothing
   *     but the accuracy of whole trainings in the plain space
   * @param space decodes the chromosomes of the store
   * @throws IllegalArgumentException if they make no evaluation
   */
  static StoredEvaluation of(List<Object> columns, Function<Chromosome, Architecture> space) {
    Chromosome chromosome = new Chromosome((String) columns.get(3));
    Architecture architecture = space.apply(chromosome);
    if (!architecture.phenotype().equals(columns.get(2))) {
      throw new IllegalArgumentException(chromosome + " is not the network " + columns.get(2));
    }
    boolean old = columns.size() == StoreSchema.COLUMNS_1.size();
    if (!old && !columns.get(22).equals(architecture.space())) {
      throw new IllegalArgumentException("it is of the space " + columns.get(22));
    }
    double fitness = (Double) columns.get(5);
    boolean failed = columns.get(7) != null;
    Map<String, Double> accuracy = failed ? Map.of() : Map.of(Evaluation.ACCURACY, fitness);
    Double test = (Double) columns.get(6);
    Evaluation evaluation =
        new Evaluation(
            new EvaluationJob(
                (Long) columns.get(0),
                chromosome,
                architecture,
                old ? 1 : (Double) columns.get(25)),
            fitness,
            old ? accuracy : StoreJson.objectives((String) columns.get(23)),
            old ? (failed ? 0 : 1) : (Double) columns.get(24),
            test == null ? OptionalDouble.empty() : OptionalDouble.of(test),
            Optional.ofNullable((String) columns.get(7)).map(FailureKind::valueOf),
            Optional.ofNullable((String) columns.get(8)),
            StoreJson.curve((String) columns.get(12)),
            (Double) columns.get(13),
            (Double) columns.get(14),
            Math.toIntExact((Long) columns.get(15)),
            (String) columns.get(17));
    return new StoredEvaluation(
        evaluation,
        (String) columns.get(1),
        (Long) columns.get(4),
        Math.toIntExact((Long) columns.get(11)),
        (String) columns.get(16),
        (Long) columns.get(18),
        (Long) columns.get(19),
        (Long) columns.get(20),
        Optional.ofNullable((String) columns.get(21)));
  }
}
