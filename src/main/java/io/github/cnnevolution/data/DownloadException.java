package io.github.cnnevolution.data;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/**
 * A download that did not come about, said in one line for the user: what failed and how to go on.
 *
 * <p>Unchecked for the same reason as {@link DatasetException}: only the command line can act on
 * it, by showing the message.
 */
public final class DownloadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * A failure with its cause.
   *
   * @param message the line to show
   * @param cause what went wrong underneath, or null
   */
  public DownloadException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A file or directory that cannot be read or written. */
  static DownloadException disk(Path path, IOException cause) {
    // The JDK closes a channel when its thread is interrupted, and leaves the interrupt flag set.
    if (cause instanceof ClosedByInterruptException) {
      return interrupted(cause);
    }
    return new DownloadException(
        "cannot use %s: %s; check the permissions and the free space there, then run `%s` again"
            .formatted(path, Failures.describe(cause), Cifar100Download.COMMAND),
        cause);
  }

  /** The downloading thread was asked to stop. */
  static DownloadException interrupted(Exception cause) {
    return new DownloadException(
        "the download was interrupted; running `%s` again resumes it"
            .formatted(Cifar100Download.COMMAND),
        cause);
  }
}
