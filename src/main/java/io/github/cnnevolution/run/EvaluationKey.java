package io.github.cnnevolution.run;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.CandidateSeed;
import io.github.cnnevolution.files.Sha256;
import io.github.cnnevolution.training.NesterovSettings;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything that the fitness of a candidate depends on: two evaluations with equal keys have the
 * same fitness, bit for bit, so that one can stand for the other.
 *
 * <p>The version of this program is not part of it; {@link #FITNESS_VERSION} is.
 *
 * @param space the name of the search space, in which the phenotype is unique
 * @param phenotype the network
 * @param recipe how it is trained, the precision included
 * @param fitness the name of the fitness function
 * @param runSeed from which its seeds derive
 * @param libtorch the version of LibTorch, whose kernels may change
 * @param dataDigest SHA-256 of the data set
 * @param trainingImages of it that are trained on, the first of the training part
 * @param device kind and model: kernels are chosen by it, and round differently
 * @param threads inside one operation, which split sums differently
 * @param tf32 whether float32 products round to TensorFloat-32
 * @param deterministic whether only deterministic kernels are taken
 * @param cudaGraphs whether steps are recorded and replayed: meant to give the same bits, but that
 *     has not been shown on a GPU
 * @param microBatches into how many parts a batch is split
 * @param fraction the part of the training after which the fitness is measured; 1 is the whole
 */
public record EvaluationKey(
    String space,
    String phenotype,
    TrainingRecipe recipe,
    String fitness,
    long runSeed,
    String libtorch,
    String dataDigest,
    int trainingImages,
    String device,
    int threads,
    boolean tf32,
    boolean deterministic,
    boolean cudaGraphs,
    int microBatches,
    double fraction) {
  /**
   * Counts the rules from which a fitness follows and that no field shows: how seeds derive ({@link
   * CandidateSeed}), the validation split, the augmentation, the training step. Raise it whenever a
   * change of the code changes a fitness.
   */
  public static final int FITNESS_VERSION = 2;

  /**
   * The program that had this {@link #FITNESS_VERSION} first. It stands in the text of every key,
   * since keys of that program name it: later versions with equal rules find what it computed.
   * Change it to the version that is released when the rules change.
   */
  private static final String FIRST_PROGRAM = "0.1.0";

  /** Values that keys omit: the only ones of version 0.1.0. */
  private static final String PLAIN = "plain";

  private static final String ACCURACY = "accuracy";

  /** The key of a whole training. */
  public EvaluationKey(
      String space,
      String phenotype,
      TrainingRecipe recipe,
      String fitness,
      long runSeed,
      String libtorch,
      String dataDigest,
      int trainingImages,
      String device,
      int threads,
      boolean tf32,
      boolean deterministic,
      boolean cudaGraphs,
      int microBatches) {
    this(
        space,
        phenotype,
        recipe,
        fitness,
        runSeed,
        libtorch,
        dataDigest,
        trainingImages,
        device,
        threads,
        tf32,
        deterministic,
        cudaGraphs,
        microBatches,
        1);
  }

  /** Names of a device's kind and model, such as {@code cpu AMD EPYC}. */
  public static String device(ComputeDevice device) {
    return (device.isGpu() ? "gpu " : "cpu ") + device.name();
  }

  /** Returns the key of another candidate's whole training in these circumstances. */
  public EvaluationKey of(String otherPhenotype, String otherDevice, int otherMicroBatches) {
    return of(otherPhenotype, otherDevice, otherMicroBatches, 1);
  }

  /** Returns the key of another candidate, after a part of its training, in these circumstances. */
  public EvaluationKey of(
      String otherPhenotype, String otherDevice, int otherMicroBatches, double otherFraction) {
    return new EvaluationKey(
        space,
        otherPhenotype,
        recipe,
        fitness,
        runSeed,
        libtorch,
        dataDigest,
        trainingImages,
        otherDevice,
        threads,
        tf32,
        deterministic,
        cudaGraphs,
        otherMicroBatches,
        otherFraction);
  }

  /** All of it, a {@code name=value} a line, in an order that never changes. */
  public String text() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("rules", FITNESS_VERSION);
    values.put("phenotype", phenotype);
    values.put("epochs", recipe.epochs());
    values.put("batch_size", recipe.batchSize());
    values.put("learning_rate", recipe.learningRate());
    values.put("warmup", recipe.warmup());
    values.putAll(recipe.optimizer().hyperparameters());
    values.put("label_smoothing", recipe.labelSmoothing());
    values.put("dropout_share", recipe.dropoutFraction());
    Precision precision = recipe.precision();
    values.put("precision", precision);
    values.put("seed", runSeed);
    values.put("program", FIRST_PROGRAM);
    values.put("libtorch", libtorch);
    values.put("data", dataDigest);
    values.put("training_images", trainingImages);
    values.put("device", device);
    values.put("threads", threads);
    values.put("tf32", tf32);
    values.put("deterministic", deterministic);
    values.put("micro_batches", microBatches);
    // What follows is younger than stores that there are, whose keys have no such lines.
    if (cudaGraphs) {
      values.put("cuda_graphs", true);
    }
    if (recipe.ghostBatchSize() < recipe.batchSize()) {
      values.put("ghost_batch_size", recipe.ghostBatchSize());
    }
    if (!recipe.augmentation().equals(Augmentation.NONE)) {
      values.put("augmentation", recipe.augmentation());
    }
    if (!recipe.optimizer().name().equals(NesterovSettings.NAME)) {
      values.put("optimizer", recipe.optimizer().name());
    }
    if (recipe.emaDecay() > 0) {
      values.put("average_decay", recipe.emaDecay());
    }
    if (!space.equals(PLAIN)) {
      values.put("space", space);
    }
    if (!fitness.equals(ACCURACY)) {
      values.put("fitness", fitness);
    }
    if (fraction < 1) {
      values.put("fraction", fraction);
    }
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + escaped(String.valueOf(entry.getValue())) + "\n")
        .collect(Collectors.joining());
  }

  /** Escapes line breaks, so that a value cannot imitate another line. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n");
  }

  /** SHA-256 of {@link #text()} in UTF-8, as 64 hexadecimal digits. */
  public String digest() {
    return Sha256.hex(text());
  }
}
