package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.training.MuonSettings;
import io.github.cnnevolution.training.NesterovSettings;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The optimizer that is taken, and the batch size and learning rate that follow from it. */
class OptimizerChoiceTest {
  private static final Precision PRECISION = Precision.FP32;

  private static TrainingRecipe recipe(CandidateSettings.Builder settings, SearchSpace space) {
    return settings.build().recipe(space, PRECISION);
  }

  private static SearchSpace residual() {
    SearchSpaces spaces = SpaceFile.builtIn();
    return spaces.get("residual");
  }

  /** The networks of the 20-bit space learn more in smaller steps. */
  @Test
  void theSpaceChoosesBatchAndRate() {
    TrainingRecipe plain = recipe(CandidateSettings.builder(), new PlainSpace());
    assertEquals(MuonSettings.DEFAULT, plain.optimizer());
    assertEquals(128, plain.batchSize());
    assertEquals(128, plain.ghostBatchSize());
    assertEquals(0.08, plain.learningRate());
    assertEquals(0.2, plain.warmup());
    assertEquals(
        plain.with(plain.epochs(), 256, 0.25), recipe(CandidateSettings.builder(), residual()));
  }

  /** That of version 0.1.0: with it, what that version has evaluated counts. */
  @Test
  void theOtherOneCanBeTaken() {
    CandidateSettings.Builder sgd =
        CandidateSettings.builder().optimizer(Optional.of(OptimizerKind.SGD));
    for (SearchSpace space : List.of(new PlainSpace(), residual())) {
      TrainingRecipe recipe = recipe(sgd, space);
      assertEquals(NesterovSettings.DEFAULT, recipe.optimizer());
      assertEquals(64, recipe.batchSize());
      assertEquals(0.05, recipe.learningRate());
      assertEquals(0.25, recipe.warmup());
      assertEquals(TrainingRecipe.sgd(PRECISION), recipe);
    }
  }

  @Test
  void givenNumbersWin() {
    TrainingRecipe recipe =
        recipe(CandidateSettings.builder().batchSize(32).learningRate(0.5).epochs(7), residual());
    assertEquals(
        TrainingRecipe.defaults(OptimizerKind.MUON, residual(), PRECISION).with(7, 32, 0.5),
        recipe);
  }

  /** A run goes on as it began, whatever the defaults have become. */
  @Test
  void whatIsStoredNamesAllOfIt() {
    for (OptimizerKind kind : OptimizerKind.values()) {
      TrainingRecipe recipe =
          TrainingRecipe.defaults(kind, new PlainSpace(), PRECISION).with(3, 40, 0.3);
      Map<String, String> stored =
          StoredSettings.of(SearchSettings.builder().build(), recipe, CudaGraphsMode.AUTO);
      assertEquals(kind.toString(), stored.get("optimizer"));
      CandidateSettings read = StoredSettings.search(stored, new PlainSpace()).build().training();
      assertEquals(recipe, StoredSettings.recipe(read));
      FinalTrainingSettings training = FinalTrainingSettings.builder().build();
      Map<String, String> ofTraining = StoredSettings.of(training, recipe, CudaGraphsMode.AUTO);
      assertEquals(
          recipe,
          StoredSettings.recipe(StoredSettings.finalTraining(ofTraining).build().training()));
    }
  }

  /** Version 0.1.0 had one. */
  @Test
  void whatNamesNoneHasTheFirstOne() {
    TrainingRecipe recipe = TrainingRecipe.sgd(PRECISION);
    Map<String, String> stored =
        new HashMap<>(
            StoredSettings.of(SearchSettings.builder().build(), recipe, CudaGraphsMode.AUTO));
    stored.remove("optimizer");
    stored.put("genome_size", String.valueOf(residual().defaultLength()));
    CandidateSettings read = StoredSettings.search(stored, residual()).build().training();
    assertEquals(recipe, StoredSettings.recipe(read));
  }
}
