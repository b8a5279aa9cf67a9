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

  /** Results of version 0.1.0 count as long as its space keeps its recipe. */
  @Test
  void theSpaceChoosesIt() {
    TrainingRecipe plain = recipe(CandidateSettings.builder(), new PlainSpace());
    assertEquals(NesterovSettings.DEFAULT, plain.optimizer());
    assertEquals(64, plain.batchSize());
    assertEquals(0.05, plain.learningRate());
    assertEquals(0.25, plain.warmup());
    assertEquals(TrainingRecipe.defaults(PRECISION), plain);
    TrainingRecipe staged = recipe(CandidateSettings.builder(), residual());
    assertEquals(MuonSettings.DEFAULT, staged.optimizer());
    assertEquals(256, staged.batchSize());
    assertEquals(128, staged.ghostBatchSize());
    assertEquals(0.25, staged.learningRate());
    assertEquals(0.2, staged.warmup());
  }

  @Test
  void theOtherOneCanBeTaken() {
    CandidateSettings.Builder sgd =
        CandidateSettings.builder().optimizer(Optional.of(OptimizerKind.SGD));
    assertEquals(TrainingRecipe.defaults(PRECISION), recipe(sgd, residual()));
  }

  /** The networks of the 20-bit space learn more in smaller steps. */
  @Test
  void theSpaceChoosesBatchAndRateOfMuon() {
    CandidateSettings.Builder muon =
        CandidateSettings.builder().optimizer(Optional.of(OptimizerKind.MUON));
    TrainingRecipe staged = recipe(muon, residual());
    assertEquals(staged.with(staged.epochs(), 128, 0.08), recipe(muon, new PlainSpace()));
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
    TrainingRecipe recipe = TrainingRecipe.defaults(PRECISION);
    Map<String, String> stored =
        new HashMap<>(
            StoredSettings.of(SearchSettings.builder().build(), recipe, CudaGraphsMode.AUTO));
    stored.remove("optimizer");
    stored.put("genome_size", String.valueOf(residual().defaultLength()));
    CandidateSettings read = StoredSettings.search(stored, residual()).build().training();
    assertEquals(recipe, StoredSettings.recipe(read));
  }
}
