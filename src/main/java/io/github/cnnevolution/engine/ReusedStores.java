package io.github.cnnevolution.engine;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The stores of other runs whose evaluations are taken over, open for reading.
 *
 * @param stores in the order in which they are asked
 */
record ReusedStores(List<EvaluationStore> stores) implements AutoCloseable {
  /**
   * Opens them.
   *
   * @param paths stores, or directories of runs
   */
  static ReusedStores of(List<Path> paths) {
    List<EvaluationStore> stores = new ArrayList<>();
    try {
      for (Path path : paths) {
        stores.add(
            EvaluationStore.openToRead(
                Files.isDirectory(path) ? new RunDirectory(path).database() : path));
      }
      return new ReusedStores(stores);
    } catch (RuntimeException e) {
      stores.forEach(EvaluationStore::close);
      throw e;
    }
  }

  @Override
  public void close() {
    stores.forEach(EvaluationStore::close);
  }
}
