package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.network.Network;

/**
 * Receives each trained network before its memory is freed. Called on the workers' threads, several
 * at a time.
 */
@FunctionalInterface
public interface TrainedNetworkListener {
  /** Ignores all networks. */
  TrainedNetworkListener NONE = (evaluation, network) -> {};

  /**
   * A network has been trained and measured.
   *
   * @param evaluation of the network
   * @param network valid during the call
   * @throws java.io.UncheckedIOException if the network should be kept and cannot be
   */
  void onTrained(Evaluation evaluation, Network network);
}
