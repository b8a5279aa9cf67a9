package io.github.cnnevolution.engine;

import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.files.FileFailure;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;

/** Makes and locks the directories in which results are left. */
final class OutputDirectories {
  private OutputDirectories() {}

  /**
   * Refuses a directory that holds something.
   *
   * @throws SettingException if it does
   */
  static void requireFree(RunDirectory directory) throws IOException {
    if (!directory.isFree()) {
      throw new SettingException(
          "out",
          directory.path(),
          "exists already and is not overwritten; name another directory, or go on with {resume}");
    }
  }

  /**
   * Makes the directory that a user has named, if it is not there, or one that nobody has.
   *
   * @throws SettingException if it cannot be made
   */
  static RunDirectory create(Optional<RunDirectory> named) {
    if (named.isPresent()) {
      create(named.get());
      return named.get();
    }
    try {
      return RunDirectory.createUnused(LocalDateTime.now(ZoneId.systemDefault()));
    } catch (IOException e) {
      throw new SettingException(
          "out",
          "runs",
          Text.format("cannot be created (%s); name another directory", FileFailure.reason(e)));
    }
  }

  /**
   * Makes the directory, if it is not there.
   *
   * @throws SettingException if it cannot be made
   */
  static void create(RunDirectory directory) {
    try {
      Files.createDirectories(directory.path());
    } catch (IOException e) {
      throw new SettingException(
          "out",
          directory.path(),
          Text.format("cannot be created (%s); name another directory", FileFailure.reason(e)));
    }
  }

  /**
   * Takes the directory for this process.
   *
   * @throws DirectoryException if another process has it, or it cannot be written
   */
  static DirectoryLock lock(RunDirectory directory) {
    try {
      Optional<DirectoryLock> lock = DirectoryLock.tryAcquire(directory.lock());
      if (lock.isPresent()) {
        return lock.get();
      }
    } catch (IOException e) {
      throw new DirectoryException(
          Text.format(
              "%s: cannot be written (%s); a run needs to", directory.lock(), e.getMessage()));
    }
    throw new DirectoryException(
        Text.format(
            "%s: in use by %s; wait for it, or stop it",
            directory.path(), DirectoryLock.owner(directory.lock())));
  }
}
