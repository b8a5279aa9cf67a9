package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.ConfusionMatrix;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The counts of a confusion matrix that are above 0.
 *
 * @param actual classes
 * @param predicted classes
 * @param images how many
 */
record TestAnswer(List<Integer> actual, List<Integer> predicted, List<Integer> images)
    implements Serializable {
  /** Copies the lists. */
  TestAnswer {
    actual = List.copyOf(actual);
    predicted = List.copyOf(predicted);
    images = List.copyOf(images);
  }

  /** Puts a matrix into a form that can be sent. */
  static TestAnswer of(ConfusionMatrix matrix) {
    List<ConfusionMatrix.Cell> cells = matrix.cells();
    return new TestAnswer(
        cells.stream().map(ConfusionMatrix.Cell::actual).toList(),
        cells.stream().map(ConfusionMatrix.Cell::predicted).toList(),
        cells.stream().map(ConfusionMatrix.Cell::images).toList());
  }

  /** The matrix. */
  ConfusionMatrix matrix(int classes) {
    List<ConfusionMatrix.Cell> cells = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      cells.add(new ConfusionMatrix.Cell(actual.get(i), predicted.get(i), images.get(i)));
    }
    return new ConfusionMatrix(classes, cells);
  }
}
