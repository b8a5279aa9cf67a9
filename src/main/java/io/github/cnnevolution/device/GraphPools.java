package io.github.cnnevolution.device;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * The memory pools of the recorders on one device. A worker's pool keeps its memory from one
 * training to the next, so that the device is not stopped after each to free it. Safe to share
 * between threads.
 *
 * <p>LibTorch does not take memory from such a pool if other memory is out. So pools are released
 * where a training begins and there is no room for all trainings at their peak beside all that is
 * kept. Where more than half of the device is spoken for, a training also keeps no more than it may
 * take itself. If memory is out all the same, it is for the caller to release the pools and try
 * again.
 */
final class GraphPools {
  private final ComputeDevice device;
  private final List<Entry> entries = new ArrayList<>();
  // Open pools hold the read lock. Who releases a pool holds the write lock: LibTorch refuses to
  // release one while another of the device is open.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final long roomBytes;

  /** A pool, what it keeps, and what the training that uses it may take; -1: no training does. */
  private static final class Entry {
    private static final long IDLE = -1;
    private final GraphPool pool;
    private long keptBytes;
    private long trainingBytes = IDLE;

    Entry(GraphPool pool) {
      this.pool = pool;
    }

    boolean isIdle() {
      return trainingBytes == IDLE;
    }
  }

  /** No pools yet. What is allocated on the device now is taken to stay. */
  GraphPools(ComputeDevice device) {
    this.device = device;
    try (PointerScope scope = new PointerScope()) {
      byte index = (byte) device.index();
      CUDAAllocator allocator = torch_cuda.getAllocator();
      long total = allocator.getMemoryInfo(index).second();
      long limit = (long) (allocator.getMemoryFraction(index) * total);
      this.roomBytes = limit - torch.getDeviceStats(index).allocated_bytes().current();
    }
  }

  /**
   * Gives a training the pool of its stream. If there is too little room, unused pools are released
   * first.
   *
   * @param stream the address of the calling thread's stream
   * @param bytes what the training takes at its peak
   */
  synchronized GraphPool take(long stream, long bytes) {
    Entry taken =
        entries.stream()
            .filter(entry -> entry.isIdle() && entry.pool.stream() == stream)
            .findFirst()
            .orElseGet(() -> add(stream));
    long needed = entries.stream().mapToLong(e -> Math.max(0, e.trainingBytes)).sum() + bytes;
    long kept = entries.stream().mapToLong(e -> e.keptBytes).sum();
    boolean isScarce = needed + kept > roomBytes / 2;
    if (needed + kept > roomBytes || (isScarce && taken.keptBytes > bytes)) {
      releaseIdle();
      entries.add(taken);
    }
    taken.trainingBytes = bytes;
    return taken.pool;
  }

  private Entry add(long stream) {
    Entry entry = new Entry(new GraphPool(device, stream));
    entries.add(entry);
    return entry;
  }

  /** Takes a pool back, of which no tensor is left. It keeps its memory. */
  synchronized void giveBack(GraphPool pool) {
    Entry entry = entries.stream().filter(e -> e.pool == pool).findFirst().orElseThrow();
    entry.keptBytes = pool.bytes();
    entry.trainingBytes = Entry.IDLE;
  }

  /** Returns the memory of the pools that no training uses to the driver. */
  synchronized void releaseIdle() {
    lock.writeLock().lock();
    try {
      for (Entry entry : List.copyOf(entries)) {
        if (entry.isIdle()) {
          entry.pool.release();
          entry.keptBytes = 0;
          entries.remove(entry);
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Returns the lock that a pool holds while it is open. */
  Lock opening() {
    return lock.readLock();
  }
}
