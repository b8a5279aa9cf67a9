package io.github.cnnevolution.training;

import io.github.cnnevolution.network.TensorFile;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Checkpoints in one file, which is replaced after each epoch. The file also has the metrics of the
 * epochs that are done. PyTorch reads it as a dictionary of tensors.
 *
 * @param file need not exist
 */
public record CheckpointFile(Path file) implements Checkpoints {
  private static final String NONE_MEASURED = "-";

  /**
   * Reads the metrics of the epochs that are done; empty if there is no file.
   *
   * @throws IOException if there is a file that is no checkpoint
   */
  public List<EpochMetrics> epochs() throws IOException {
    List<EpochMetrics> epochs = new ArrayList<>();
    if (!Files.exists(file)) {
      return epochs;
    }
    String note = TensorFile.note(file).orElseThrow(() -> new IOException(file + " is damaged"));
    for (String line : note.lines().toList()) {
      String[] words = line.split(" ", -1);
      try {
        OptionalDouble validation =
            words[2].equals(NONE_MEASURED)
                ? OptionalDouble.empty()
                : OptionalDouble.of(Double.parseDouble(words[2]));
        epochs.add(
            new EpochMetrics(
                Double.parseDouble(words[0]), Double.parseDouble(words[1]), validation));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new IOException(file + " is no checkpoint", e);
      }
    }
    return epochs;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if there is a file that cannot be read
   */
  @Override
  public List<EpochMetrics> restore(TrainingState state) {
    try {
      List<EpochMetrics> epochs = epochs();
      if (!epochs.isEmpty()) {
        state.read(file);
      }
      return epochs;
    } catch (IOException e) {
      throw new UncheckedIOException(
          Text.format(
              "cannot go on from the checkpoint: %s; remove it to train from the beginning",
              e.getMessage()),
          e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if the file cannot be written; what was there is untouched
   */
  @Override
  public void save(List<EpochMetrics> epochs, TrainingState state) {
    StringBuilder note = new StringBuilder();
    for (EpochMetrics epoch : epochs) {
      note.append(Double.toHexString(epoch.loss()))
          .append(' ')
          .append(Double.toHexString(epoch.accuracy()))
          .append(' ')
          .append(
              epoch.validation().isPresent()
                  ? Double.toHexString(epoch.validation().getAsDouble())
                  : NONE_MEASURED)
          .append('\n');
    }
    try {
      state.write(file, note.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
