package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.files.FileFailure;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.RungCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The checkpoints of trainings that are stopped early or go on, in a directory.
 *
 * @param directory made when it is needed
 * @param rung epochs after which trainings are evaluated
 */
public record RungFiles(Path directory, int rung) {
  private static final String ENDING = ".ckpt";

  /** A number of 32 bits in hexadecimal. */
  private static final String NUMBER = "[0-9a-f]{8}";

  /**
   * The checkpoint of a training. Its name has a number for the device and the parts of a batch:
   * what is trained on otherwise would have other bits than a training that was never interrupted.
   */
  RungCheckpoint checkpoint(String phenotype, ComputeDevice device, int microBatches) {
    CRC32 crc = new CRC32();
    crc.update(
        Text.format("%s %s %d", device.kind(), device.name(), microBatches)
            .getBytes(StandardCharsets.UTF_8));
    String name = Text.format("%s.%08x%s", phenotype, crc.getValue(), ENDING);
    return new RungCheckpoint(directory.resolve(name), rung);
  }

  /**
   * Removes the checkpoints of all networks but these, and the directory if it is empty.
   *
   * @param phenotypes of trainings that may go on
   * @throws UncheckedIOException if a file cannot be removed
   */
  public void retain(Set<String> phenotypes) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    boolean empty = true;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String network = name.replaceFirst("\\." + NUMBER + "\\" + ENDING + "$", "");
        if (network.equals(name) || phenotypes.contains(network)) {
          empty = false;
        } else {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw cannotRemove(e);
    }
    if (empty && phenotypes.isEmpty()) {
      try {
        Files.deleteIfExists(directory);
      } catch (IOException e) {
        throw cannotRemove(e);
      }
    }
  }

  private UncheckedIOException cannotRemove(IOException e) {
    return new UncheckedIOException(
        Text.format("cannot remove checkpoints from %s: %s", directory, FileFailure.reason(e)), e);
  }
}
