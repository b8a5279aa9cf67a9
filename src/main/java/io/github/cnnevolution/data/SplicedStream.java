package io.github.cnnevolution.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A stream of parts of a file and of bytes from memory, for the JDK's decoder. Closing it leaves
 * the file open.
 */
final class SplicedStream extends ImageInputStreamImpl {
  private final FileBytes file;
  private final List<Part> parts = new ArrayList<>();
  private long length;
  private int current;

  /**
   * A part of the stream.
   *
   * @param start its position in the stream
   * @param length its number of bytes
   * @param from its position in the file, or -1 if it is in memory
   * @param bytes its bytes, if it is in memory
   */
  private record Part(long start, long length, long from, ByteBuffer bytes) {
    boolean contains(long position) {
      return position >= start && position < start + length;
    }
  }

  SplicedStream(FileBytes file) {
    this.file = file;
  }

  /** Appends bytes. */
  SplicedStream add(byte[] bytes) {
    return add(new Part(length, bytes.length, -1, ByteBuffer.wrap(bytes)));
  }

  /** Appends the bytes [from, to) of the file. */
  SplicedStream add(long from, long to) {
    return add(new Part(length, to - from, from, ByteBuffer.allocate(0)));
  }

  private SplicedStream add(Part part) {
    parts.add(part);
    length += part.length();
    return this;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int count) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (count == 0) {
      return 0;
    }
    if (streamPos >= length) {
      return -1;
    }
    if (!parts.get(current).contains(streamPos)) {
      current = 0;
      while (!parts.get(current).contains(streamPos)) {
        current++;
      }
    }
    Part part = parts.get(current);
    long within = streamPos - part.start();
    int wanted = (int) Math.min(count, part.length() - within);
    int read = wanted;
    if (part.from() < 0) {
      part.bytes().get((int) within, target, offset, wanted);
    } else {
      read = file.read(part.from() + within, target, offset, wanted);
    }
    streamPos += Math.max(0, read);
    return read;
  }
}
