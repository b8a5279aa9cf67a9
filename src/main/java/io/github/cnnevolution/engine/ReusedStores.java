package io.github.cnnevolution.engine;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SpaceExtension;
import io.github.cnnevolution.space.StagedSpace;
import io.github.cnnevolution.text.Text;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The stores of other runs whose evaluations are taken over, open for reading.
 *
 * @param stores in the order in which they are asked
 */
record ReusedStores(List<EvaluationStore> stores) implements AutoCloseable {
  /**
   * Opens them.
   *
   * @param settings name stores, or directories of runs
   * @throws SettingException if one has a space of the same name that is neither the same nor an
   *     extension
   */
  static ReusedStores of(SearchSettings settings, SessionListener listener) {
    List<EvaluationStore> stores = new ArrayList<>();
    try {
      for (Path path : settings.reuse()) {
        stores.add(
            EvaluationStore.openToRead(
                Files.isDirectory(path) ? new RunDirectory(path).database() : path));
        check(stores.get(stores.size() - 1).space(), settings.space(), path, listener);
      }
      return new ReusedStores(stores);
    } catch (RuntimeException e) {
      stores.forEach(EvaluationStore::close);
      throw e;
    }
  }

  /**
   * Networks have names that say all of them, so that a narrowed space shares the results of the
   * whole; a space that says something else under the same name is a mistake.
   */
  private static void check(
      Optional<SearchSpace> theirs, SearchSpace ours, Path path, SessionListener listener) {
    if (theirs.isEmpty()
        || !(theirs.get() instanceof StagedSpace then)
        || !(ours instanceof StagedSpace now)
        || !then.name().equals(now.name())) {
      return;
    }
    StagedSpace before = new StagedSpace(then.definition());
    StagedSpace after = new StagedSpace(now.definition());
    if (SpaceFile.text(before).equals(SpaceFile.text(after))) {
      return;
    }
    try {
      if (grewTo(after, before)) {
        return;
      }
      List<String> additions = SpaceExtension.of(before, after, before.defaultLength()).additions();
      if (!additions.isEmpty()) {
        listener.onNotice(
            Text.format(
                "%s: its search space has grown since: %s", path, String.join("; ", additions)));
      }
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "reuse",
          path,
          Text.format(
              "its search space %s is another one of this name (%s); give one of them another name, or leave the run out",
              then.name(), e.getMessage()));
    }
  }

  private static boolean grewTo(StagedSpace smaller, StagedSpace larger) {
    try {
      return !SpaceExtension.of(smaller, larger, smaller.defaultLength()).additions().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public void close() {
    stores.forEach(EvaluationStore::close);
  }
}
