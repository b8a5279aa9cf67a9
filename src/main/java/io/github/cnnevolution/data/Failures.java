package io.github.cnnevolution.data;

import io.github.cnnevolution.files.FileFailure;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;

/** Describes I/O failures whose own message is only a file name, or is missing. */
final class Failures {
  private Failures() {}

  /** Returns the reason in a few words. The text can follow a colon. */
  static String describe(IOException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      // For an unknown host, the HTTP client throws a ConnectException without a message.
      if (t instanceof UnresolvedAddressException) {
        return "the host's address cannot be found (check the network connection)";
      }
    }
    return failure instanceof FileSystemException file
        ? file.getFile() + ": " + FileFailure.reason(file)
        : FileFailure.reason(failure);
  }
}
