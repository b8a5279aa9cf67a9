package io.github.cnnevolution.training;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts of images by their class and by the class that a network predicts.
 *
 * @param classes number of classes
 * @param cells the counts above 0, by class, then by prediction
 */
public record ConfusionMatrix(int classes, List<Cell> cells) {
  /**
   * Some images of one class with the same prediction.
   *
   * @param actual class of the images
   * @param predicted class that the network predicts
   * @param images how many, at least 1
   */
  public record Cell(int actual, int predicted, int images) {}

  /**
   * Copies the cells.
   *
   * @throws IllegalArgumentException if a class is out of range, or a count is not positive
   */
  public ConfusionMatrix {
    cells = List.copyOf(cells);
    for (Cell cell : cells) {
      if (cell.actual < 0
          || cell.actual >= classes
          || cell.predicted < 0
          || cell.predicted >= classes
          || cell.images < 1) {
        throw new IllegalArgumentException(
            Text.format("%s does not fit into a matrix of %d classes", cell, classes));
      }
    }
  }

  /** Counts as they come; the index is class times number of classes plus prediction. */
  static ConfusionMatrix of(int classes, int[] counts) {
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        cells.add(new Cell(i / classes, i % classes, counts[i]));
      }
    }
    return new ConfusionMatrix(classes, cells);
  }

  /** Returns the cells for JSON: class, prediction, images. */
  public List<List<Integer>> rows() {
    return cells.stream().map(c -> List.of(c.actual, c.predicted, c.images)).toList();
  }

  /** Returns the number of images. */
  public long images() {
    return cells.stream().mapToLong(Cell::images).sum();
  }

  /** Returns the fraction of images whose prediction is their class. */
  public double accuracy() {
    long correct =
        cells.stream().filter(c -> c.actual == c.predicted).mapToLong(Cell::images).sum();
    return (double) correct / images();
  }
}
