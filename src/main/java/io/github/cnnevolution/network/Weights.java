package io.github.cnnevolution.network;

import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.text.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * A copy of a network's state_dict in main memory, which outlives the network. Owns its tensors
 * until closed. Immutable otherwise; one thread at a time.
 */
public final class Weights implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final List<NamedTensor> tensors = new ArrayList<>();

  /** Copies what {@code network} has learned so far. */
  public Weights(Network network) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      for (NamedTensor entry : network.state()) {
        Tensor copy = entry.tensor().detach().cpu().contiguous().clone();
        tensors.add(new NamedTensor(entry.name(), owner.keep(copy)));
      }
    }
  }

  /** The tensor of this name, contiguous. A reference: valid until this is closed. */
  Tensor tensor(String name) {
    return tensors.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no tensor " + name))
        .tensor();
  }

  /**
   * Gives a network these weights.
   *
   * @throws IllegalArgumentException if its tensors have other names or shapes
   */
  public void copyTo(Network network) {
    if (network.state().size() != tensors.size()) {
      throw new IllegalArgumentException(
          Text.format(
              "%d tensors do not fit a network of %d", tensors.size(), network.state().size()));
    }
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      Iterator<NamedTensor> source = tensors.iterator();
      for (NamedTensor target : network.state()) {
        NamedTensor weights = source.next();
        if (!weights.name().equals(target.name())
            || !weights.tensor().is_same_size(target.tensor())) {
          throw new IllegalArgumentException(
              Text.format("tensor %s does not fit %s", weights.name(), target.name()));
        }
        target.tensor().copy_(weights.tensor());
      }
    }
  }

  /**
   * Writes a file that {@code torch.load(path, weights_only=True)} reads as a state_dict.
   *
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void write(Path file) throws IOException {
    write(file, "");
  }

  /**
   * Writes the weights with a note of their network, which PyTorch ignores.
   *
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void write(Path file, String origin) throws IOException {
    AtomicFile.write(file, out -> StateDictFile.write(tensors, origin, out));
  }

  /** The bytes of the file that {@link #write(Path, String)} would write. */
  public byte[] bytes(String origin) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      StateDictFile.write(tensors, origin, bytes);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** The note in a file that {@link #write(Path, String)} wrote; empty if that cannot be read. */
  public static Optional<String> origin(Path file) {
    return StateDictFile.origin(file);
  }

  /** Whether a file is there, and every byte of it as {@link #write(Path, String)} wrote it. */
  public static boolean isWhole(Path file) {
    return StateDictFile.isWhole(file);
  }

  /**
   * Reads a file that {@link #write(Path, String)} wrote.
   *
   * @param network of the same architecture
   * @throws IOException if the file cannot be read, is damaged or of another network
   */
  public static Weights read(Path file, Network network) throws IOException {
    Weights weights = new Weights(network);
    try {
      StateDictFile.read(file, weights.tensors);
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
    return weights;
  }

  @Override
  public void close() {
    owner.close();
  }
}
