package io.github.cnnevolution.run;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** What went wrong with a store, as exceptions with one line for the user. */
final class StoreFailure {
  private StoreFailure() {}

  /** A store whose content is not what was written. */
  static StoreException damaged(Path file, String how) {
    // SQLite's findings are several lines, the last of which says what.
    String line = how.lines().reduce((first, last) -> last).orElse("").strip();
    return new StoreException(
        file,
        Text.format("is damaged (%s); restore it from a copy, nothing has been changed", line));
  }

  /** A store that cannot be opened or read. */
  static StoreException unusable(Path file, Exception e) {
    if (e instanceof SQLException sql) {
      if (sql.getErrorCode() == SQLiteErrorCode.SQLITE_READONLY_ROLLBACK.code) {
        return new StoreException(
            file,
            "its process was killed while it opened or closed it; evolve --resume on its run puts it in order");
      }
      if (is(sql, SQLiteErrorCode.SQLITE_CORRUPT) || is(sql, SQLiteErrorCode.SQLITE_NOTADB)) {
        return damaged(file, describe(e));
      }
      if (is(sql, SQLiteErrorCode.SQLITE_BUSY)) {
        return new StoreException(
            file, "is open in another program; try again when that has closed it", e);
      }
    }
    return new StoreException(file, "cannot be used: " + describe(e), e);
  }

  /** A store that does not take what is to be written. */
  static UncheckedIOException cannotWrite(Path file, Exception e) {
    return new UncheckedIOException(
        Text.format("cannot write %s: %s", file, describe(e)),
        e instanceof IOException io ? io : new IOException(e));
  }

  /** Whether there was no room on the disk. */
  static boolean isFull(Exception e) {
    return e instanceof SQLException sql && is(sql, SQLiteErrorCode.SQLITE_FULL);
  }

  private static boolean is(SQLException e, SQLiteErrorCode code) {
    return (e.getErrorCode() & 0xff) == code.code;
  }

  private static String describe(Exception e) {
    if (isFull(e)) {
      return "the disk is full";
    }
    String kind = e.getClass().getSimpleName();
    String message = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
    return e instanceof SQLException ? message : kind + ": " + message;
  }
}
