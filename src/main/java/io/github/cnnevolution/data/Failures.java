package io.github.cnnevolution.data;

import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

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
    if (failure instanceof FileSystemException file) {
      return describeFile(file);
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  private static String describeFile(FileSystemException failure) {
    String what;
    if (failure instanceof AccessDeniedException) {
      what = "permission denied";
    } else if (failure instanceof NoSuchFileException) {
      what = "no such file or directory";
    } else if (failure instanceof FileAlreadyExistsException) {
      what = "a file of that name is in the way";
    } else if (failure instanceof NotDirectoryException) {
      what = "not a directory";
    } else if (failure.getReason() != null) {
      what = failure.getReason();
    } else {
      what = failure.getClass().getSimpleName();
    }
    return failure.getFile() + ": " + what;
  }
}
