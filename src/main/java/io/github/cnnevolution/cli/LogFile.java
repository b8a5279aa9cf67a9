package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.Screen;
import io.github.cnnevolution.text.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file that gets what a command prints, line by line, in UTF-8 and without colours. Each line is
 * there as soon as it is printed. If the file cannot be written any more, one line says so, and the
 * command goes on. Safe to use from many threads.
 */
final class LogFile implements AutoCloseable {
  private final Path path;
  private final PrintStream err;
  private final OutputStream file;
  private boolean failed;

  private LogFile(Path path, PrintStream err, OutputStream file) {
    this.path = path;
    this.err = err;
    this.file = file;
  }

  /**
   * Opens a file to append to.
   *
   * @param err where a failure is reported
   */
  static LogFile open(Path path, PrintStream err) throws IOException {
    return new LogFile(
        path,
        err,
        Files.newOutputStream(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
  }

  /** Returns a stream to this file and another stream. */
  PrintStream tee(PrintStream target) {
    return new PrintStream(new Lines(Optional.of(target)), true, StandardCharsets.UTF_8);
  }

  /** Returns a stream to this file. */
  PrintStream alone() {
    return new PrintStream(new Lines(Optional.empty()), true, StandardCharsets.UTF_8);
  }

  private synchronized void write(String text) {
    if (failed) {
      return;
    }
    try {
      file.write(Screen.plain(text).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      failed = true;
      err.println(
          Text.format(
              "%s: %s: cannot be written any more (%s); going on without it",
              Application.PROGRAM, path, e.getMessage()));
    }
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      // Each line was written before.
      failed = true;
    }
  }

  /** Passes whole lines on. */
  private final class Lines extends OutputStream {
    private final Optional<PrintStream> target;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(Optional<PrintStream> target) {
      this.target = target;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        line.write(bytes[i]);
        if (bytes[i] == '\n') {
          pass();
        }
      }
    }

    private void pass() {
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      target.ifPresent(stream -> stream.print(text));
      LogFile.this.write(text);
    }

    @Override
    public synchronized void flush() {
      target.ifPresent(PrintStream::flush);
    }

    @Override
    public synchronized void close() {
      pass();
      flush();
    }
  }
}
