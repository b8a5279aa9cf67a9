package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.files.FileFailure;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.RungCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
   * The checkpoints of a network, to be continued on another machine.
   *
   * @return content by the name of the file
   * @throws UncheckedIOException if one cannot be read
   */
  public Map<String, byte[]> read(String phenotype) {
    Map<String, byte[]> checkpoints = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return checkpoints;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (network(file).equals(phenotype)) {
          checkpoints.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
      }
      return checkpoints;
    } catch (IOException e) {
      throw new UncheckedIOException(
          Text.format("cannot read checkpoints in %s: %s", directory, FileFailure.reason(e)), e);
    }
  }

  /**
   * Writes what {@link #read} has read on another machine.
   *
   * @throws UncheckedIOException if one cannot be written
   */
  public void write(Map<String, byte[]> checkpoints) {
    try {
      for (Map.Entry<String, byte[]> checkpoint : checkpoints.entrySet()) {
        Files.createDirectories(directory);
        AtomicFile.write(
            directory.resolve(checkpoint.getKey()), out -> out.write(checkpoint.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Removes the checkpoints of a network.
   *
   * @throws UncheckedIOException if one cannot be removed
   */
  public void delete(String phenotype) {
    try {
      for (String name : read(phenotype).keySet()) {
        Files.deleteIfExists(directory.resolve(name));
      }
    } catch (IOException e) {
      throw cannotRemove(e);
    }
  }

  /** The network in the name of a checkpoint; the name itself if it is none. */
  private static String network(Path file) {
    return file.getFileName().toString().replaceFirst("\\." + NUMBER + "\\" + ENDING + "$", "");
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
        String network = network(file);
        if (network.equals(file.getFileName().toString()) || phenotypes.contains(network)) {
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
