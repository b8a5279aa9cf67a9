package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.training.MuonSettings;
import io.github.cnnevolution.training.NesterovSettings;
import io.github.cnnevolution.training.Optimizer;
import io.github.cnnevolution.training.OptimizerSettings;
import io.github.cnnevolution.training.ParameterGroup;
import io.github.cnnevolution.training.TrainingRecipe;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A wrong hit would be a wrong fitness: every field must separate. */
class EvaluationKeyTest {
  /** Without effect where the batch is no larger. */
  private static final String GHOSTS = "ghostBatchSize";

  static final EvaluationKey KEY =
      new EvaluationKey(
          "plain",
          "w16-k2-relu-d",
          TrainingRecipe.sgd(Precision.BF16),
          "accuracy",
          1,
          "2.10.0",
          "abc",
          450,
          "cpu X",
          1,
          false,
          false,
          false,
          1);

  /** By reflection, so that a field that is added later and forgotten in the text fails here. */
  @Test
  void everyFieldSeparates() throws Exception {
    Set<String> digests = new HashSet<>(Set.of(KEY.digest()));
    int fields = 0;
    for (RecordComponent field : EvaluationKey.class.getRecordComponents()) {
      if (field.getType() != TrainingRecipe.class) {
        assertTrue(digests.add(with(KEY, field).digest()), field.getName());
        fields++;
      }
    }
    for (RecordComponent field : TrainingRecipe.class.getRecordComponents()) {
      if (field.getType() != OptimizerSettings.class && !field.getName().equals(GHOSTS)) {
        TrainingRecipe other = with(KEY.recipe(), field);
        assertTrue(digests.add(withRecipe(other).digest()), field.getName());
        fields++;
      }
    }
    for (int ghosts : new int[] {16, 32}) {
      TrainingRecipe other = KEY.recipe().withGhostBatchSize(ghosts);
      assertTrue(digests.add(withRecipe(other).digest()));
    }
    fields++;
    for (RecordComponent field : NesterovSettings.class.getRecordComponents()) {
      TrainingRecipe other = KEY.recipe().with(with(NesterovSettings.DEFAULT, field));
      assertTrue(digests.add(withRecipe(other).digest()), field.getName());
      fields++;
    }
    assertTrue(digests.add(withRecipe(KEY.recipe().with(MuonSettings.DEFAULT)).digest()));
    for (RecordComponent field : MuonSettings.class.getRecordComponents()) {
      TrainingRecipe other = KEY.recipe().with(with(MuonSettings.DEFAULT, field));
      assertTrue(digests.add(withRecipe(other).digest()), field.getName());
      fields++;
    }
    assertEquals(32, fields);
  }

  /** Ghost batches that are no smaller than the batch change nothing. */
  @Test
  void wholeBatchesAreNoGhosts() {
    assertEquals(KEY, withRecipe(KEY.recipe().withGhostBatchSize(TrainingRecipe.WHOLE_BATCH)));
    assertEquals(KEY.text(), withRecipe(KEY.recipe().withGhostBatchSize(64)).text());
  }

  /** Two optimizers may have hyperparameters of the same names and values. */
  @Test
  void theNameOfTheOptimizerSeparates() {
    OptimizerSettings other =
        new OptimizerSettings() {
          @Override
          public String name() {
            return "other";
          }

          @Override
          public Map<String, Object> hyperparameters() {
            return NesterovSettings.DEFAULT.hyperparameters();
          }

          @Override
          public int statesPerWeight() {
            return 1;
          }

          @Override
          public Optimizer create(List<ParameterGroup> groups, Precision precision) {
            return NesterovSettings.DEFAULT.create(groups, precision);
          }
        };
    String text = withRecipe(KEY.recipe().with(other)).text();
    assertEquals(KEY.text() + "optimizer=other\n", text);
  }

  private static EvaluationKey withRecipe(TrainingRecipe recipe) {
    return new EvaluationKey(
        KEY.space(),
        KEY.phenotype(),
        recipe,
        KEY.fitness(),
        KEY.runSeed(),
        KEY.libtorch(),
        KEY.dataDigest(),
        KEY.trainingImages(),
        KEY.device(),
        KEY.threads(),
        KEY.tf32(),
        KEY.deterministic(),
        KEY.cudaGraphs(),
        KEY.microBatches());
  }

  /** The smallest possible difference of a number is a difference. */
  @Test
  void neighbouringLearningRatesSeparate() {
    TrainingRecipe recipe = KEY.recipe();
    double next = Math.nextUp(recipe.learningRate());
    EvaluationKey other = withRecipe(recipe.with(recipe.epochs(), recipe.batchSize(), next));
    assertTrue(!other.digest().equals(KEY.digest()));
  }

  @Test
  void noValueCanPassForTheLineOfAnother() {
    EvaluationKey crafted = KEY.of("a", "x\nthreads=1", 1);
    assertEquals(KEY.text().lines().count(), crafted.text().lines().count());
  }

  /** Stores on disk have these digests: whoever changes the text must raise FITNESS_VERSION. */
  @Test
  void theTextStaysAsItIs() {
    assertEquals(
        List.of(
            "rules=2",
            "phenotype=w16-k2-relu-d",
            "epochs=5",
            "batch_size=64",
            "learning_rate=0.05",
            "warmup=0.25",
            "momentum=0.9",
            "weight_decay=5.0E-4",
            "label_smoothing=0.1",
            "dropout_share=0.2",
            "precision=bf16",
            "seed=1",
            "program=0.1.0",
            "libtorch=2.10.0",
            "data=abc",
            "training_images=450",
            "device=cpu X",
            "threads=1",
            "tf32=false",
            "deterministic=false",
            "micro_batches=1"),
        KEY.text().lines().toList());
  }

  /** Whatever version this program has, it finds what 0.1.0 computed in these circumstances. */
  @Test
  void keysOfVersion010AreFound(@TempDir Path directory) throws Exception {
    RecordedRuns.unzip(directory);
    EvaluationKey circumstances =
        new EvaluationKey(
            "plain",
            "",
            TrainingRecipe.sgd(Precision.FP32).with(1, 32, 0.05),
            "accuracy",
            11,
            "2.10.0-1.5.13",
            "165324cb97e517bea87c94c7355962042ac92fcf468dc6f53383c038bb2b904c",
            64,
            "",
            1,
            false,
            false,
            false,
            1);
    int found = 0;
    try (EvaluationStore store = EvaluationStore.openToRead(directory.resolve("finished/run.db"))) {
      List<StoredEvaluation> all = new ArrayList<>();
      store.forEach(all::add);
      for (StoredEvaluation stored : all) {
        String network = stored.evaluation().job().architecture().phenotype();
        String key = circumstances.of(network, "cpu AMD EPYC", 1).digest();
        assertEquals(stored.key(), key);
        assertEquals(stored, store.byKey(key).orElseThrow());
        found++;
      }
    }
    assertEquals(5, found);
  }

  private static <R extends Record> R with(R record, RecordComponent changed) throws Exception {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      Object value = components[i].getAccessor().invoke(record);
      values[i] = components[i].getName().equals(changed.getName()) ? other(value) : value;
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    @SuppressWarnings("unchecked")
    R copy = (R) record.getClass().getDeclaredConstructor(types).newInstance(values);
    return copy;
  }

  private static Object other(Object value) {
    if (value instanceof String text) {
      return text + "2";
    } else if (value instanceof Integer number) {
      return number + 1;
    } else if (value instanceof Long number) {
      return number + 1;
    } else if (value instanceof Double number) {
      return (number + 0.3) / 2;
    } else if (value instanceof Boolean flag) {
      return !flag;
    } else if (value instanceof Augmentation) {
      return new Augmentation(8, 0);
    }
    return Precision.FP32;
  }
}
