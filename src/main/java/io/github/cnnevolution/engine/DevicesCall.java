package io.github.cnnevolution.engine;

/**
 * Asks an executor what it would train on.
 *
 * @param spec of the search, as far as it is known
 */
record DevicesCall(ClusterSpec spec) implements ClusterCall<ClusterDevices> {
  @Override
  public ClusterDevices run(ClusterExecutor executor) throws InterruptedException {
    return executor.devices(spec);
  }
}
