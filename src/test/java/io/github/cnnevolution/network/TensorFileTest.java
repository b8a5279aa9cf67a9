package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.cnnevolution.device.NativeRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFileTest {
  /** Not a multiple of the buffer through which the bytes pass. */
  private static final long ELEMENTS = 10_000_003;

  private static final long MIB = 1 << 20;

  @TempDir private Path directory;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  /** Several workers save networks of some 100 MB at once, whatever the size of the heap. */
  @Test
  void largeTensorsDoNotPassThroughTheHeapAsAWhole() throws Exception {
    Path file = directory.resolve("tensors.pt");
    try (PointerScope scope = new PointerScope()) {
      Tensor floats = torch.rand(new long[] {ELEMENTS});
      Tensor longs = torch.arange(new org.bytedeco.pytorch.Scalar(1000)).to(ScalarType.Long);
      Tensor readFloats = torch.zeros_like(floats);
      Tensor readLongs = torch.zeros_like(longs);

      long before = allocated();
      TensorFile.write(file, tensors(floats, longs), "a note");
      TensorFile.read(file, tensors(readFloats, readLongs));
      long bytes = allocated() - before;

      assertTrue(bytes < 4 * MIB, bytes + " bytes of heap");
      assertTrue(readFloats.equal(floats));
      assertTrue(readLongs.equal(longs));
      assertEquals("a note", TensorFile.note(file).orElseThrow());
    }
  }

  @Test
  void aChangedByteIsNoticedAndChangesNothing() throws IOException {
    Path file = directory.resolve("tensors.pt");
    try (PointerScope scope = new PointerScope()) {
      Tensor floats = torch.rand(new long[] {100_000});
      TensorFile.write(file, List.of(new NamedTensor("floats", floats)), "");
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);

      Tensor read = torch.zeros_like(floats);
      IOException e =
          assertThrows(
              IOException.class,
              () -> TensorFile.read(file, List.of(new NamedTensor("floats", read))));
      assertTrue(e.getMessage().contains("is damaged in"), e.getMessage());
      assertEquals(0, read.count_nonzero(new org.bytedeco.pytorch.LongOptional()).item_long());
    }
  }

  private static List<NamedTensor> tensors(Tensor floats, Tensor longs) {
    return List.of(new NamedTensor("floats", floats), new NamedTensor("longs", longs));
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
