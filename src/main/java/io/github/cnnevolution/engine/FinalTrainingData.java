package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.StratifiedSplit;
import io.github.cnnevolution.run.TrainingRun;
import java.util.Optional;

/** The images of a final training as they were read, and what follows from them alone. */
final class FinalTrainingData {
  private final Dataset dataset;
  private final ImageSet training;
  private final Optional<ImageSet> validation;
  private final boolean measuresTest;
  private final TrainingRun.Data facts;

  /** Chooses what is trained on: all training images, unless some are kept out to validate. */
  FinalTrainingData(Dataset dataset, FinalTrainingSettings settings) {
    this.dataset = dataset;
    ImageSet given = dataset.validation().map(dataset.train()::concat).orElse(dataset.train());
    Optional<StratifiedSplit> split =
        settings.validate() ? Optional.of(StratifiedSplit.of(dataset)) : Optional.empty();
    this.training =
        split.map(StratifiedSplit::training).orElse(given).first(settings.training().trainLimit());
    this.validation = split.map(StratifiedSplit::validation);
    // Who validates compares options, and spares the test images for the choice.
    this.measuresTest = dataset.test().isPresent() && !settings.validate();
    this.facts =
        new TrainingRun.Data(
            dataset.name(),
            given.digest(),
            dataset.test().map(ImageSet::digest).orElse(""),
            training.size(),
            validation.map(ImageSet::size).orElse(0),
            dataset.test().map(ImageSet::size).orElse(0),
            Normalization.of(training),
            dataset.ownClasses());
  }

  Dataset dataset() {
    return dataset;
  }

  /** The images that are trained on. */
  ImageSet training() {
    return training;
  }

  /** The images that are measured on after each epoch. */
  Optional<ImageSet> validation() {
    return validation;
  }

  /** Whether the test images are measured at the end. */
  boolean measuresTest() {
    return measuresTest;
  }

  /** How many classes the data have. */
  int classes() {
    return dataset.classes().names().size();
  }

  /** What a training notes of them. */
  TrainingRun.Data facts() {
    return facts;
  }
}
