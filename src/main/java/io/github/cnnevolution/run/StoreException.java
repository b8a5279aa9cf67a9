package io.github.cnnevolution.run;

import java.nio.file.Path;

/**
 * A store of evaluations that cannot be used, said in one line for the user. What is on disk has
 * not been touched.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** About a file. */
  public StoreException(Path file, String what) {
    this(file, what, null);
  }

  StoreException(Path file, String what, Throwable cause) {
    super(file + ": " + what, cause);
  }
}
