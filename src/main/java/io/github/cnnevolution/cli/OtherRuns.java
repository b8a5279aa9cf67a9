package io.github.cnnevolution.cli;

import io.github.cnnevolution.evaluation.EvaluationStore;
import io.github.cnnevolution.report.RunDirectory;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
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
      for (String name : arguments.text("reuse").orElse("").split(File.pathSeparator, -1)) {
        if (!name.isEmpty()) {
          Path path = Path.of(name);
          stores.add(
              EvaluationStore.openToRead(
                  Files.isDirectory(path) ? new RunDirectory(path).database() : path));
        }
      }
      return new OtherRuns(stores);
    } catch (InvalidPathException e) {
      stores.forEach(EvaluationStore::close);
      throw new UsageException("--reuse '%s': not a path".formatted(e.getInput()));
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
