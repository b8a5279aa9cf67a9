package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.evaluation.LostDevice;

/**
 * Ends a supervised search when a GPU fails. After such an error, NVIDIA demands that the process
 * is started anew, and does not promise that the other GPUs still work; the supervisor does it.
 * Without one the others go on, since nobody would start the search again.
 */
final class DeviceLoss implements SearchListener {
  /** The system property that a supervisor sets for its child. */
  static final String SUPERVISED = "cnnevolution.supervised";

  private final Thread search;
  private final boolean supervised;
  private volatile boolean seen;

  private DeviceLoss(Thread search, boolean supervised) {
    this.search = search;
    this.supervised = supervised;
  }

  /** Interrupts the calling thread, if this process is supervised. */
  static DeviceLoss interruptingCurrentThread() {
    return new DeviceLoss(Thread.currentThread(), Boolean.getBoolean(SUPERVISED));
  }

  @Override
  public void onDeviceLost(LostDevice device) {
    if (supervised) {
      seen = true;
      search.interrupt();
    }
  }

  /** Whether it has ended the search. */
  boolean isSeen() {
    return seen;
  }
}
