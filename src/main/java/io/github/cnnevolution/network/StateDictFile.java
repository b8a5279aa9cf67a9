package io.github.cnnevolution.network;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * PyTorch's file format for a state_dict, version 3: a zip without compression that holds a pickle
 * of the structure and one entry with the raw little-endian bytes of each tensor (PyTorch, {@code
 * torch/csrc/jit/serialization/} and {@code torch/serialization.py}).
 *
 * <p>LibTorch's own {@code pickle_save} writes a dictionary type that {@code
 * torch.load(weights_only=True)} refuses; this writes what {@code torch.save(model.state_dict())}
 * writes.
 */
final class StateDictFile {
  private static final String ROOT = "archive/";
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int EXTRA_HEADER_BYTES = 4;

  /**
   * Early, but not the first time that a zip can hold: to that Java would add a field of its own.
   */
  private static final LocalDateTime WRITTEN = LocalDateTime.of(1980, 2, 1, 0, 0);

  private StateDictFile() {}

  /** Writes tensors, which must be contiguous and in main memory, float32 or int64. */
  static void write(List<NamedTensor> tensors, OutputStream out) throws IOException {
    AlignedZip zip = new AlignedZip(out);
    zip.add("data.pkl", ByteBuffer.wrap(StateDictPickle.of(tensors)));
    zip.add("byteorder", ascii("little"));
    for (int i = 0; i < tensors.size(); i++) {
      zip.add("data/" + i, bytes(tensors.get(i).tensor()));
    }
    zip.add("version", ascii("3\n"));
    zip.finish();
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A copy of the tensor's elements in little-endian order, whatever this machine's is. */
  private static ByteBuffer bytes(Tensor tensor) {
    int elements = Math.toIntExact(tensor.numel());
    ScalarType type = tensor.scalar_type().intern();
    if (type == ScalarType.Long) {
      long[] values = new long[elements];
      tensor.data_ptr_long().get(values);
      ByteBuffer bytes = ByteBuffer.allocate(elements * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asLongBuffer().put(values);
      return bytes;
    }
    if (type != ScalarType.Float) {
      throw new IllegalArgumentException("cannot write tensors of type " + type);
    }
    float[] values = new float[elements];
    tensor.data_ptr_float().get(values);
    ByteBuffer bytes = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  /**
   * A zip of stored entries whose data start at multiples of 64 bytes, so that readers may map them
   * into memory.
   */
  private static final class AlignedZip {
    private final ZipOutputStream zip;
    private long position;

    AlignedZip(OutputStream out) {
      this.zip = new ZipOutputStream(out);
      zip.setMethod(ZipOutputStream.STORED);
    }

    void add(String name, ByteBuffer data) throws IOException {
      CRC32 crc = new CRC32();
      crc.update(data.duplicate());
      ZipEntry entry = new ZipEntry(ROOT + name);
      entry.setSize(data.remaining());
      entry.setCrc(crc.getValue());
      // The same weights are the same file, whenever it is written.
      entry.setTimeLocal(WRITTEN);
      long header = position + LOCAL_HEADER_BYTES + entry.getName().length() + EXTRA_HEADER_BYTES;
      int padding = (int) Math.floorMod(-header, (long) ALIGNMENT);
      entry.setExtra(padding(padding));
      zip.putNextEntry(entry);
      zip.write(data.array(), data.arrayOffset(), data.remaining());
      zip.closeEntry();
      position = header + padding + data.limit();
    }

    void finish() throws IOException {
      zip.finish();
    }

    /** An extra field under the identifier {@code FB}, as PyTorch pads its own files. */
    private static byte[] padding(int bytes) {
      return ByteBuffer.allocate(EXTRA_HEADER_BYTES + bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .put((byte) 'F')
          .put((byte) 'B')
          .putShort((short) bytes)
          .array();
    }
  }
}
