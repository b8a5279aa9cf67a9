package io.github.cnnevolution.network;

import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Named tensors of any kind with a note, in a file that PyTorch reads as a dictionary. Floating
 * point is kept as float32, whole numbers as int64: what these cannot hold must not be given.
 */
public final class TensorFile {
  private TensorFile() {}

  /**
   * Writes a file in one step.
   *
   * @param tensors on any device
   * @param note ASCII, for {@link #note}
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public static void write(Path file, List<NamedTensor> tensors, String note) throws IOException {
    try (NativeOwner owner = new NativeOwner()) {
      List<NamedTensor> copies = copies(tensors, owner);
      AtomicFile.write(file, out -> StateDictFile.write(copies, note, out));
    }
  }

  /** The note of a file; empty if there is no such file, or no note. */
  public static Optional<String> note(Path file) {
    return StateDictFile.origin(file);
  }

  /**
   * Reads a file into tensors of the names and shapes with which it was written.
   *
   * @throws IOException if the file cannot be read, is damaged or holds other tensors; then nothing
   *     has changed
   */
  public static void read(Path file, List<NamedTensor> tensors) throws IOException {
    try (NativeOwner owner = new NativeOwner();
        PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      List<NamedTensor> read = copies(tensors, owner);
      StateDictFile.read(file, read);
      for (int i = 0; i < read.size(); i++) {
        tensors.get(i).tensor().copy_(read.get(i).tensor());
      }
    }
  }

  private static List<NamedTensor> copies(List<NamedTensor> tensors, NativeOwner owner) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      List<NamedTensor> copies = new ArrayList<>();
      for (NamedTensor entry : tensors) {
        Tensor host = entry.tensor().detach().cpu();
        ScalarType type = host.is_floating_point() ? ScalarType.Float : ScalarType.Long;
        Tensor copy = host.to(type).contiguous().clone();
        copies.add(new NamedTensor(entry.name(), owner.keep(copy)));
      }
      return copies;
    }
  }
}
