package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.DatasetException;
import io.github.cnnevolution.device.NativeDirectories;
import io.github.cnnevolution.device.NativeLibraryException;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;

/**
 * One process of a cluster that trains candidates: what stays in it from call to call. It loads
 * LibTorch once, and keeps the images on its devices for the latest search. Safe to use from many
 * threads.
 */
public final class ClusterExecutor implements AutoCloseable {
  private final String name;
  private final Optional<List<Integer>> gpus;
  private Optional<Kept> kept = Optional.empty();

  /**
   * What stays between calls.
   *
   * @param key what it was made for
   */
  private record Kept(Object key, ExecutorWork work) {}

  @FunctionalInterface
  private interface Opening<W extends ExecutorWork> {
    W open() throws InterruptedException;
  }

  /**
   * Prepares the process for LibTorch.
   *
   * @param name as people see it, such as {@code node7/3}
   * @param gpus that the cluster gave to the process, as CUDA counts them; empty: it trains on the
   *     processor
   */
  public ClusterExecutor(String name, Optional<List<Integer>> gpus) {
    this.name = name;
    this.gpus = gpus.map(List::copyOf);
    NativeDirectories.choose();
    LibTorch.prepare();
  }

  /**
   * What it would train on.
   *
   * @param chromosome bits of the one network that is trained; empty: many are
   */
  synchronized ClusterDevices devices(ClusterSpec spec, String chromosome)
      throws InterruptedException {
    spec.checkVersions(name);
    end();
    CandidateSettings settings = spec.settings(gpus);
    try {
      spec.java().check();
      try (DeviceSelection selection =
          DeviceSelection.of(
              settings, () -> networks(spec.searchSpace(), chromosome), notice -> {})) {
        DeviceSelection.requireUse(settings, selection.devices());
        return new ClusterDevices(
            selection.devices(), selection.precision(), selection.graphsMode());
      }
    } catch (SettingException | NativeLibraryException e) {
      throw refusal(e);
    }
  }

  private static List<Architecture> networks(SearchSpace space, String chromosome) {
    return chromosome.isEmpty()
        ? RepresentativeNetworks.of(space)
        : List.of(space.decode(new Chromosome(chromosome), Architecture.CLASSES));
  }

  /**
   * What it keeps for a search, which takes the place of what it kept for another one. Only one
   * search at a time uses an executor.
   */
  ExecutorSession session(ClusterSpec spec) throws InterruptedException {
    return keep(ExecutorSession.class, spec, spec, () -> ExecutorSession.open(spec, gpus, name));
  }

  /**
   * What it keeps for a final training, as above.
   *
   * @param chromosome bits of the network
   */
  ExecutorSeeds seeds(ClusterSpec spec, String chromosome) throws InterruptedException {
    return keep(
        ExecutorSeeds.class,
        spec,
        List.of(spec, chromosome),
        () -> ExecutorSeeds.open(spec, chromosome, gpus, name));
  }

  private synchronized <W extends ExecutorWork> W keep(
      Class<W> kind, ClusterSpec spec, Object key, Opening<W> opening) throws InterruptedException {
    if (kept.isEmpty() || !kept.get().key().equals(key)) {
      end();
      spec.checkVersions(name);
      try {
        kept = Optional.of(new Kept(key, opening.open()));
      } catch (SettingException | DatasetException | NativeLibraryException e) {
        throw refusal(e);
      }
    }
    return kind.cast(kept.get().work());
  }

  private ClusterRefusalException refusal(RuntimeException e) {
    String reason =
        e instanceof SettingException setting ? setting.commandLineMessage() : e.getMessage();
    return new ClusterRefusalException(Text.format("executor %s: %s", name, reason));
  }

  private void end() {
    kept.ifPresent(what -> what.work().close());
    kept = Optional.empty();
  }

  @Override
  public synchronized void close() {
    end();
  }
}
