package io.github.cnnevolution.cli;

import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Makes and locks the directories that commands leave their results in. */
final class RunDirectories {
  private RunDirectories() {}

  /** Refuses a directory that holds something. */
  static void requireFree(RunDirectory directory) throws UsageException, IOException {
    if (!directory.isFree()) {
      throw new UsageException(
          "--out %s: exists already and is not overwritten; name another directory, or go on with --resume"
              .formatted(directory.path()));
    }
  }

  /** Makes the directory, if it is not there. */
  static void create(RunDirectory directory) throws UsageException {
    try {
      Files.createDirectories(directory.path());
    } catch (IOException e) {
      throw new UsageException(
          "--out %s: cannot be created (%s); name another directory"
              .formatted(directory.path(), e.getClass().getSimpleName()));
    }
  }

  /** Takes the directory for this process. */
  static DirectoryLock lock(RunDirectory directory) throws UsageException {
    try {
      Optional<DirectoryLock> lock = DirectoryLock.tryTake(directory.lock());
      if (lock.isPresent()) {
        return lock.get();
      }
    } catch (IOException e) {
      throw new UsageException(
          "%s: cannot be written (%s); a run needs to".formatted(directory.lock(), e.getMessage()));
    }
    throw new UsageException(
        "%s: in use by %s; wait for it, or stop it"
            .formatted(directory.path(), DirectoryLock.owner(directory.lock())));
  }
}
