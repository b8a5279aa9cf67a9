package io.github.cnnevolution.cli;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The stores of other runs that {@code --reuse} names, open for reading.
 *
 * @param stores in the order in which they are asked
 */
record OtherRuns(List<EvaluationStore> stores) implements AutoCloseable {
  /** Opens them. */
  static OtherRuns of(Arguments arguments) throws UsageException {
    List<EvaluationStore> stores = new ArrayList<>();
    try {
      for (Path path : arguments.paths("reuse")) {
        stores.add(
            EvaluationStore.openToRead(
                Files.isDirectory(path) ? new RunDirectory(path).database() : path));
      }
      return new OtherRuns(stores);
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
