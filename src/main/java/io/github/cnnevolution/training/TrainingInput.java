package io.github.cnnevolution.training;

import io.github.cnnevolution.data.AugmentedBatches;
import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.network.Dropout;
import io.github.cnnevolution.network.NamedTensor;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * All that is random in a training after the first weights: batches, mixup and dropout, each with a
 * random sequence of its own. Owns them. Not thread-safe.
 */
final class TrainingInput implements AutoCloseable {
  private final ResourceStack resources = new ResourceStack();
  private final AugmentedBatches batches;
  private final Dropout dropout;
  private final Mixup mixup;

  /**
   * Opens the random sequences.
   *
   * @param seeds gives three of them: for the batches, dropout and mixup
   */
  TrainingInput(DeviceDataset images, TrainingRecipe recipe, SeedSequence seeds) {
    int cutout = recipe.augmentation().cutout();
    double alpha = recipe.augmentation().mixup();
    try {
      this.batches =
          resources.push(
              new AugmentedBatches(images, recipe.batchSize(), seeds.next(), cutout),
              AugmentedBatches::close);
      this.dropout = resources.push(new Dropout(images.device(), seeds.next()), Dropout::close);
      this.mixup = resources.push(new Mixup(images.device(), alpha, seeds.next()), Mixup::close);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Returns the number of batches in an epoch. */
  int batchCount() {
    return batches.count();
  }

  /** Returns the number of images in each batch. */
  int batchSize() {
    return batches.batchSize();
  }

  /** Draws the order, crops and flips of the next epoch. */
  void shuffle() {
    batches.shuffle();
  }

  /** Draws the mixing fraction of the next batch. */
  void drawMixture() {
    mixup.draw();
  }

  /** Returns batch {@code index} of this epoch; the caller's scope owns it. */
  Batch batch(int index) {
    return mixup.apply(batches.get(index));
  }

  /**
   * Returns a batch whose number is on the device when the batch is gathered; the caller's scope
   * owns it.
   *
   * @param step of the training, [1] int64
   */
  Batch batch(Tensor step) {
    return mixup.apply(batches.at(step));
  }

  /** Returns the dropout of this training. */
  Dropout dropout() {
    return dropout;
  }

  /** Returns copies of the states of the random sequences; the caller's scope owns them. */
  List<NamedTensor> randomStates() {
    return List.of(
        new NamedTensor("random.order", batches.randomState()),
        new NamedTensor("random.dropout", dropout.randomState()),
        new NamedTensor("random.mixup", mixup.randomState()));
  }

  /** Continues from states that {@link #randomStates} gave. */
  void setRandomStates(List<NamedTensor> states) {
    batches.setRandomState(states.get(0).tensor());
    dropout.setRandomState(states.get(1).tensor());
    mixup.setRandomState(states.get(2).tensor());
  }

  @Override
  public void close() {
    resources.close();
  }
}
