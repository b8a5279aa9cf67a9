package io.github.cnnevolution.data;

import io.github.cnnevolution.files.FileFailure;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;

/** Words for I/O failures whose own messages are a bare file name, or missing. */
final class Failures {
  private Failures() {}

  /** What went wrong, in a few words that can follow a colon. */
  static String describe(IOException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      // The HTTP client wraps an unknown host in a ConnectException without a message.
      if (t instanceof UnresolvedAddressException) {
        return "the host's address cannot be found (is there a network?)";
      }
    }
    return failure instanceof FileSystemException file
        ? file.getFile() + ": " + FileFailure.reason(file)
        : FileFailure.reason(failure);
  }
}
