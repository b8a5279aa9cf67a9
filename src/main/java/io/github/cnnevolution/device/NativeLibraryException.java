package io.github.cnnevolution.device;

/** The native libraries cannot be unpacked or loaded. The message says why and names a remedy. */
public final class NativeLibraryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Creates an exception with a message of one line. */
  NativeLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
