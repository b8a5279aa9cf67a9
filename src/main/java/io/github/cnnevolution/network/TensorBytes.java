package io.github.cnnevolution.network;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;

/**
 * The elements of a contiguous tensor in main memory as bytes, little-endian as is every machine
 * that LibTorch is built for. They pass through a small buffer: a copy of a large layer on the heap
 * for each thread that saves its network could fill it.
 */
final class TensorBytes {
  private static final int BUFFER_BYTES = 1 << 16;

  private final BytePointer memory;
  private final long size;

  /** A view of the tensor, valid as long as the tensor is. */
  TensorBytes(Tensor tensor) {
    if (tensor.is_cuda() || !tensor.is_contiguous()) {
      throw new IllegalArgumentException("not contiguous in main memory");
    }
    this.memory = new BytePointer(tensor.data_ptr());
    this.size = tensor.nbytes();
  }

  /** Number of bytes. */
  long size() {
    return size;
  }

  void writeTo(OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long position = 0;
    while (position < size) {
      int length = (int) Math.min(buffer.length, size - position);
      memory.position(position).get(buffer, 0, length);
      out.write(buffer, 0, length);
      position += length;
    }
  }

  /**
   * Overwrites the tensor with the next {@link #size()} bytes of a stream.
   *
   * @throws IOException if the stream cannot be read or ends before
   */
  void readFrom(InputStream in) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long position = 0;
    while (position < size) {
      int length = in.read(buffer, 0, (int) Math.min(buffer.length, size - position));
      if (length < 0) {
        throw new IOException(Text.format("the stream ends %d bytes early", size - position));
      }
      memory.position(position).put(buffer, 0, length);
      position += length;
    }
  }
}
