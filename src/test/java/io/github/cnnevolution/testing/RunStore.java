package io.github.cnnevolution.testing;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The store of a run that another process may be writing. */
public final class RunStore {
  private RunStore() {}

  /** How many evaluations a run has stored, 0 while it has no store. */
  public static long size(Path run) {
    Path database = new RunDirectory(run).database();
    if (!Files.exists(database)) {
      return 0;
    }
    try (EvaluationStore store = EvaluationStore.openToRead(database)) {
      return store.size();
    } catch (StoreException e) {
      // Between the checks the other process may close it.
      return 0;
    }
  }
}
