package io.github.cnnevolution.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * The standard output of this process. A {@code PrintStream} swallows errors; this stream remembers
 * the first one, so that a result that got lost on a full disk does not end with exit code 0.
 */
final class StandardOutput extends OutputStream {
  private static final String CLOSED_PIPE = "Broken pipe";

  private final OutputStream out;
  private volatile Optional<String> failure = Optional.empty();

  /** Writes to the standard output of the process. */
  StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out));
  }

  /** Writes to another stream. */
  StandardOutput(OutputStream out) {
    this.out = out;
  }

  /**
   * Returns why something could not be written. Empty if everything was, or if the reader has
   * closed the pipe: it has what it wants.
   */
  Optional<String> failure() {
    return failure.filter(reason -> !reason.contains(CLOSED_PIPE));
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      if (failure.isEmpty()) {
        failure = Optional.of(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }
}
