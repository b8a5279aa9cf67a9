package io.github.cnnevolution.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The state of a training at its rung, where it is evaluated and may go on. It only saves time: if
 * the file is missing, damaged or of another training, the training begins anew and gives the same.
 *
 * @param file need not exist, nor its directory
 * @param rung epochs after which the state is saved
 */
public record RungCheckpoint(Path file, int rung) implements Checkpoints {
  @Override
  public List<EpochMetrics> restore(TrainingState state) {
    CheckpointFile checkpoint = new CheckpointFile(file);
    try {
      return checkpoint.epochs().size() == rung ? checkpoint.restore(state) : List.of();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  @Override
  public void save(List<EpochMetrics> epochs, TrainingState state) {
    if (epochs.size() != rung) {
      return;
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
    new CheckpointFile(file).save(epochs, state);
  }
}
