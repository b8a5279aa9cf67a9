package io.github.cnnevolution.engine;

import java.util.List;

/**
 * A process of a cluster that trains, as people see it.
 *
 * @param name its host and its number, such as {@code node7/3}
 * @param slots how many calls it makes at the same time
 * @param gpus numbers of those that the cluster gave it, as CUDA counts them; empty: it trains on
 *     the processor
 * @param model kind and model of what it trains on, such as {@code gpu NVIDIA L4}; empty: not known
 *     yet
 */
public record ExecutorState(String name, int slots, List<String> gpus, String model) {
  /** Copies the list. */
  public ExecutorState {
    gpus = List.copyOf(gpus);
  }

  /** One whose devices are not known yet. */
  public ExecutorState(String name, int slots, List<String> gpus) {
    this(name, slots, gpus, "");
  }

  /** Its machine, such as {@code node7}. */
  public String host() {
    return name.substring(0, Math.max(0, name.lastIndexOf('/')));
  }

  ExecutorState withModel(String known) {
    return new ExecutorState(name, slots, gpus, known);
  }
}
