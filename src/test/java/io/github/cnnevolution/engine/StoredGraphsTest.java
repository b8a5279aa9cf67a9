package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.TrainingRecipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run stores of the choice whether its steps are recorded. */
class StoredGraphsTest {
  private static final String NAME = RunOptions.CUDA_GRAPHS;

  @ParameterizedTest
  @EnumSource(value = CudaGraphsMode.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void theDecisionIsStoredAndTheRunGoesOnWithIt(CudaGraphsMode decided) {
    Map<String, String> search = search(decided);
    assertEquals(decided, mode(search));
    Map<String, String> training =
        StoredSettings.of(
            FinalTrainingSettings.builder().build(), TrainingRecipe.sgd(Precision.FP32), decided);
    assertEquals(
        decided, StoredSettings.finalTraining(training).build().training().gpu().cudaGraphs());
    // As versions without a choice have it.
    String on = decided == CudaGraphsMode.ON ? "true" : "off";
    assertEquals(on, search.get(NAME));
    assertEquals(on.equals("true") ? "" : "off", training.get(NAME));
    assertEquals(decided == CudaGraphsMode.ON, new RunOptions(training).typed().get(NAME));
  }

  /** Nothing is stored on a processor, and by versions without a choice for off. */
  @Test
  void nothingStoredIsOff() {
    Map<String, String> options = search(CudaGraphsMode.AUTO);
    assertTrue(!options.containsKey(NAME));
    assertEquals(CudaGraphsMode.OFF, mode(options));
  }

  @Test
  void whatWasStoredIsKeptUnlessTheOtherIsAskedFor() {
    for (CudaGraphsMode before : List.of(CudaGraphsMode.ON, CudaGraphsMode.OFF)) {
      CudaGraphsMode auto =
          StoredSettings.search(search(before), new PlainSpace())
              .cudaGraphs(CudaGraphsMode.AUTO)
              .cudaGraphsIfChosen(before)
              .build()
              .training()
              .gpu()
              .cudaGraphs();
      assertEquals(before, auto);
      CudaGraphsMode other = before == CudaGraphsMode.ON ? CudaGraphsMode.OFF : CudaGraphsMode.ON;
      SettingException refused =
          assertThrows(
              SettingException.class,
              () ->
                  StoredSettings.merge(
                      search(before),
                      search(before),
                      search(other),
                      RunOptions.FIXED_IN_SEARCH,
                      Path.of("run")));
      assertEquals(NAME, refused.setting());
      assertTrue(
          refused
              .getMessage()
              .contains(before == CudaGraphsMode.ON ? "started with it," : "started with off,"),
          refused.getMessage());
    }
  }

  @Test
  void theBuilderStillTakesATruthValue() {
    assertEquals(
        CudaGraphsMode.AUTO, SearchSettings.builder().build().training().gpu().cudaGraphs());
    assertEquals(
        CudaGraphsMode.ON,
        SearchSettings.builder().cudaGraphs(true).build().training().gpu().cudaGraphs());
    assertEquals(
        CudaGraphsMode.OFF,
        SearchSettings.builder().cudaGraphs(false).build().training().gpu().cudaGraphs());
  }

  private static Map<String, String> search(CudaGraphsMode decided) {
    return StoredSettings.of(
        SearchSettings.builder().build(), TrainingRecipe.sgd(Precision.FP32), decided);
  }

  private static CudaGraphsMode mode(Map<String, String> options) {
    return StoredSettings.search(options, new PlainSpace()).build().training().gpu().cudaGraphs();
  }
}
