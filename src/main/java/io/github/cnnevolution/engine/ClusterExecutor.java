package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.DatasetException;
import io.github.cnnevolution.device.NativeDirectories;
import io.github.cnnevolution.device.NativeLibraryException;
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
  private Optional<ExecutorSession> session = Optional.empty();

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

  /** What it would train on. */
  synchronized ClusterDevices devices(ClusterSpec spec) throws InterruptedException {
    spec.checkVersions(name);
    end();
    CandidateSettings settings = spec.settings(gpus);
    try (DeviceSelection selection =
        DeviceSelection.of(
            settings, () -> RepresentativeNetworks.of(spec.searchSpace()), notice -> {})) {
      DeviceSelection.requireUse(settings, selection.devices());
      return new ClusterDevices(selection.devices(), selection.precision(), selection.graphsMode());
    } catch (SettingException | NativeLibraryException e) {
      throw refusal(e);
    }
  }

  /**
   * What it keeps for a search, which takes the place of what it kept for another one. Only one
   * search at a time uses an executor.
   */
  synchronized ExecutorSession session(ClusterSpec spec) throws InterruptedException {
    if (session.isEmpty() || !session.get().spec().equals(spec)) {
      end();
      spec.checkVersions(name);
      try {
        session = Optional.of(ExecutorSession.open(spec, gpus, name));
      } catch (SettingException | DatasetException | NativeLibraryException e) {
        throw refusal(e);
      }
    }
    return session.get();
  }

  private ClusterRefusalException refusal(RuntimeException e) {
    String reason =
        e instanceof SettingException setting ? setting.commandLineMessage() : e.getMessage();
    return new ClusterRefusalException(Text.format("executor %s: %s", name, reason));
  }

  private void end() {
    session.ifPresent(ExecutorSession::close);
    session = Optional.empty();
  }

  @Override
  public synchronized void close() {
    end();
  }
}
