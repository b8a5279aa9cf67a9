package io.github.cnnevolution.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The bytes of a file at any position, read through a buffer. One thread uses it. */
final class FileBytes implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final FileChannel channel;
  private final long size;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long start;
  private int length;

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be opened
   */
  FileBytes(Path file) throws IOException {
    this.channel = FileChannel.open(file);
    this.size = channel.size();
  }

  /** Returns the size of the file when it was opened. */
  long size() {
    return size;
  }

  /** Returns the byte at a position, or -1 behind the end. */
  int at(long position) throws IOException {
    if (position < start || position >= start + length) {
      fill(position);
    }
    return position < start + length ? buffer[(int) (position - start)] & 0xff : -1;
  }

  private void fill(long position) throws IOException {
    ByteBuffer target = ByteBuffer.wrap(buffer);
    start = position;
    length = 0;
    while (target.hasRemaining() && channel.read(target, position + target.position()) > 0) {
      length = target.position();
    }
  }

  /** Returns the big-endian number of two bytes, or -1 if it reaches behind the end. */
  int number2(long position) throws IOException {
    int high = at(position);
    int low = at(position + 1);
    return high < 0 || low < 0 ? -1 : high << Byte.SIZE | low;
  }

  /** Returns the big-endian number of four bytes, or -1 if it reaches behind the end. */
  long number4(long position) throws IOException {
    long high = number2(position);
    long low = number2(position + 2);
    return high < 0 || low < 0 ? -1 : high << Short.SIZE | low;
  }

  /**
   * Reads up to {@code count} bytes.
   *
   * @return the number of bytes, or -1 at the end
   */
  int read(long position, byte[] target, int offset, int count) throws IOException {
    if (at(position) < 0) {
      return -1;
    }
    int available = (int) Math.min(count, start + length - position);
    System.arraycopy(buffer, (int) (position - start), target, offset, available);
    return available;
  }

  /**
   * Returns the bytes [position, position + count).
   *
   * @throws EOFException if the file ends before
   */
  byte[] copy(long position, int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int done = 0; done < count; ) {
      int read = read(position + done, bytes, done, count - done);
      if (read < 0) {
        throw new EOFException("is cut off");
      }
      done += read;
    }
    return bytes;
  }

  /** Returns whether the file has this text at a position. */
  boolean has(long position, String latin1) throws IOException {
    for (int i = 0; i < latin1.length(); i++) {
      if (at(position + i) != latin1.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
