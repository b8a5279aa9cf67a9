package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.StratifiedSplit;
import java.util.Optional;

/** The images of a session as they were read, and what follows from them alone. */
final class SessionData {
  private final Dataset dataset;
  private final ImageSet training;
  private final ImageSet validation;
  private final Normalization normalization;
  private Optional<String> digest = Optional.empty();

  /**
   * Splits a data set.
   *
   * @param trainLimit at most so many training images
   */
  SessionData(Dataset dataset, int trainLimit) {
    this.dataset = dataset;
    StratifiedSplit split = StratifiedSplit.of(dataset);
    this.training = split.training().first(trainLimit);
    this.validation = split.validation();
    this.normalization = Normalization.of(training);
  }

  Dataset dataset() {
    return dataset;
  }

  /** The images that candidates are trained on. */
  ImageSet training() {
    return training;
  }

  /** The images on which their accuracy is measured. */
  ImageSet validation() {
    return validation;
  }

  Normalization normalization() {
    return normalization;
  }

  /** How many classes the data have. */
  int classes() {
    return dataset.classes().names().size();
  }

  /** SHA-256 of the data set. The first call takes a good part of a second for CIFAR-100. */
  synchronized String digest() {
    if (digest.isEmpty()) {
      digest = Optional.of(dataset.digest());
    }
    return digest.get();
  }
}
