package io.github.cnnevolution.evaluation;

import java.util.HashMap;
import java.util.Map;

/**
 * The memory that jobs may take on one device, and how much of it each worker has claimed. Not
 * thread-safe: {@link JobQueue} guards it.
 */
final class MemoryBudget {
  private final Map<String, Long> claims = new HashMap<>();
  private long free;
  private boolean takenWhole;

  MemoryBudget(long bytes) {
    this.free = bytes;
  }

  /** Whether so much is free. */
  boolean admits(long bytes) {
    return !takenWhole && bytes <= free;
  }

  /** Whether no worker holds a claim, not even an empty one. */
  boolean isUnused() {
    return claims.isEmpty();
  }

  /** Claims free memory for a worker without a claim. */
  void claim(String worker, long bytes) {
    claims.put(worker, bytes);
    free -= bytes;
  }

  /** Gives a worker an unused device, all of it. */
  void claimWhole(String worker) {
    claim(worker, free);
    takenWhole = true;
  }

  /** Takes back what a worker has claimed. */
  void release(String worker) {
    free += claims.remove(worker);
    takenWhole = false;
  }
}
