package io.github.cnnevolution.evaluation;

import java.util.HashMap;
import java.util.Map;

/**
 * The memory that candidates may take on one device, and which worker has claimed how much of it.
 *
 * <p>LibTorch keeps freed device memory for the stream that had it, so what one worker has freed
 * another cannot have until the cache is emptied. The budget therefore also remembers the most that
 * each worker has claimed since then, and says when these caches would no longer fit side by side.
 *
 * <p>Not thread-safe: {@link JobQueue} guards it.
 */
final class MemoryBudget {
  private final long bytes;
  private final Map<String, Long> claims = new HashMap<>();
  private final Map<String, Long> cached = new HashMap<>();
  private boolean takenWhole;

  MemoryBudget(long bytes) {
    this.bytes = bytes;
  }

  /** Whether so much is free. */
  boolean admits(long needed) {
    return !takenWhole && fits(claims, needed);
  }

  /** Whether nobody has claimed anything, not even nothing. */
  boolean isUnused() {
    return claims.isEmpty();
  }

  /**
   * Gives a worker so much.
   *
   * @return whether the device's cache must be emptied before the worker can have it
   */
  boolean claim(String worker, long needed) {
    claims.put(worker, needed);
    cached.merge(worker, needed, Math::max);
    if (fits(cached, 0)) {
      return false;
    }
    forgetCached();
    return true;
  }

  /** Gives an unused device to a worker, all of it, with its cache to be emptied. */
  void claimWhole(String worker) {
    takenWhole = true;
    claims.put(worker, bytes);
    forgetCached();
  }

  /** Takes back what a worker has claimed. */
  void release(String worker) {
    takenWhole = false;
    claims.remove(worker);
  }

  private void forgetCached() {
    cached.clear();
    cached.putAll(claims);
  }

  /** Sums without overflow: a budget may be as large as a long can say. */
  private boolean fits(Map<String, Long> taken, long more) {
    long free = bytes - more;
    for (long each : taken.values()) {
      if (free < each) {
        return false;
      }
      free -= each;
    }
    return free >= 0;
  }
}
