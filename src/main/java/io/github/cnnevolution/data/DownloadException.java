package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/**
 * Reports a failed download in one line for the user: the problem and the remedy.
 *
 * <p>Unchecked, like {@link DatasetException}: only the command line can handle it, by printing the
 * message.
 */
public final class DownloadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Creates an exception.
   *
   * @param message the line for the user
   * @param cause the underlying error, or null
   */
  public DownloadException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Returns the exception for a file or directory that cannot be read or written. */
  static DownloadException disk(Path path, IOException cause) {
    // The JDK closes a channel when its thread is interrupted. The interrupt flag stays set.
    if (cause instanceof ClosedByInterruptException) {
      return interrupted(cause);
    }
    return new DownloadException(
        Text.format(
            "cannot use %s: %s; check the permissions and the free space there, then run `%s` again",
            path, Failures.describe(cause), Cifar100Download.COMMAND),
        cause);
  }

  /** Returns the exception for an interrupt of the downloading thread. */
  static DownloadException interrupted(Exception cause) {
    return new DownloadException(
        Text.format(
            "the download was interrupted; running `%s` again resumes it",
            Cifar100Download.COMMAND),
        cause);
  }
}
