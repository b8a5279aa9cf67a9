package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.data.ConversionListener;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.training.TrainingRecipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store of version 0.1.0 answers under the keys that this version asks with. */
class KeysOfVersion010Test {
  @TempDir private Path directory;

  @BeforeEach
  void unzip() throws Exception {
    RecordedRuns.unzip(directory);
  }

  @Test
  void theKeyOfEachRowIsWhatThisVersionAsksFor() throws Exception {
    String data =
        DatasetLocator.ofSystem()
            .locate(Optional.of(DatasetLocator.SYNTHETIC), ConversionListener.NONE)
            .dataset()
            .digest();
    EvaluationKey circumstances =
        new EvaluationKey(
            "plain",
            "",
            TrainingRecipe.sgd(Precision.FP32).with(1, 32, 0.05),
            "accuracy",
            11,
            Versions.all().get("pytorch"),
            data,
            64,
            "",
            1,
            false,
            false,
            false,
            1);
    List<String> rows = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(directory.resolve("finished/run.db"))) {
      store.forEach(
          stored -> {
            String phenotype = stored.evaluation().job().architecture().phenotype();
            assertEquals(circumstances.of(phenotype, "cpu AMD EPYC", 1).digest(), stored.key());
            rows.add(phenotype);
          });
    }
    assertEquals(5, rows.size());
  }
}
