package io.github.cnnevolution.device;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReadWriteLock;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.cuda.DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair;
import org.bytedeco.pytorch.cuda.StreamFilter;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Records the work that the calling thread launches on its stream, and replays it as a whole: a
 * CUDA graph (CUDA C++ Programming Guide, "CUDA Graphs").
 *
 * <p>A graph holds addresses, so nothing else may use the memory of its temporary tensors. That
 * memory comes from a separate pool of LibTorch's allocator. Between {@link #openPool} and {@link
 * #closePool} the thread allocates from this pool and frees into it. Steps that run normally before
 * the recording fill the pool with the memory that the recording needs, so the memory is allocated
 * only once. Closing the recorder frees the graph and its pool. The tensors of the pool must be
 * closed first.
 *
 * <p>A recorder belongs to the thread that created it. The {@link DeviceBinding} of that thread
 * must stay open.
 */
public final class GraphRecorder implements WorkRecorder {
  private final NativeOwner owner = new NativeOwner();
  private final ComputeDevice device;
  private final Semaphore permits;
  // Recorders with open memory hold the read lock. A recorder that releases its pool holds the
  // write lock: LibTorch refuses to release a pool while another pool of the device is open.
  private final ReadWriteLock poolLock;
  private final CUstream_st stream;
  // LibTorch's MempoolId_t, a pair of numbers. The bindings have no separate type for it.
  private final DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair pool;
  private boolean open;
  private int timesOpened;
  private StreamMatcher filter;
  private CUgraphExec_st graph;

  /**
   * Creates a recorder with open memory. Waits for a permit.
   *
   * @param permits one for each recorder that may have open memory in this process
   * @param poolLock the lock of the device's memory pools
   */
  GraphRecorder(ComputeDevice device, Semaphore permits, ReadWriteLock poolLock)
      throws InterruptedException {
    this.device = device;
    this.permits = permits;
    this.poolLock = poolLock;
    try (PointerScope scope = new PointerScope()) {
      CUDAStream current = torch_cuda.getCurrentCUDAStream((byte) device.index());
      this.stream = owner.keep(current.stream());
      // The id is unique in this process, since a stream has one recorder at a time.
      LongPointer poolId = owner.keep(new LongPointer(current.id(), System.nanoTime()));
      this.pool = owner.keep(new DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair(poolId));
    }
    openPool();
  }

  @Override
  public void openPool() throws InterruptedException {
    permits.acquire();
    poolLock.readLock().lock();
    try (PointerScope scope = new PointerScope()) {
      filter = new StreamMatcher(stream.address());
      filter.retainReference();
      allocator().beginAllocateToPool((byte) device.index(), pool, filter);
      timesOpened++;
      open = true;
    } finally {
      if (!open) {
        poolLock.readLock().unlock();
        permits.release();
      }
    }
  }

  @Override
  public void closePool() {
    if (open) {
      open = false;
      try (PointerScope scope = new PointerScope()) {
        allocator().endAllocateToPool((byte) device.index(), pool);
      } finally {
        filter.releaseReference();
        poolLock.readLock().unlock();
        permits.release();
      }
    }
  }

  @Override
  public void record(Runnable work) {
    destroyGraph();
    filter.matched = false;
    // Captures this thread only: other workers allocate memory and wait at the same time.
    check(cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal));
    try (PointerScope scope = new PointerScope()) {
      CUgraph_st recorded = new CUgraph_st();
      int end;
      try {
        work.run();
      } finally {
        end = cudart.cudaStreamEndCapture(stream, recorded);
        // A failed recording leaves its error behind. Clear it, or the next check would report it.
        cudart.cudaGetLastError();
      }
      check(end);
      if (!filter.matched) {
        throw new IllegalStateException(
            "the recorded work allocated no memory from the graph's pool");
      }
      CUgraphExec_st executable = new CUgraphExec_st();
      int status = cudart.cudaGraphInstantiate(executable, recorded, 0);
      cudart.cudaGraphDestroy(recorded);
      check(status);
      graph = owner.keep(executable);
    }
  }

  @Override
  public void launch() {
    check(cudart.cudaGraphLaunch(graph, stream));
  }

  private void destroyGraph() {
    if (graph != null) {
      // A training that is given up has launches that are still waiting; its memory is freed next.
      cudart.cudaStreamSynchronize(stream);
      cudart.cudaGraphExecDestroy(graph);
      graph = null;
    }
  }

  private static CUDAAllocator allocator() {
    return torch_cuda.getAllocator();
  }

  private static void check(int status) {
    if (status != cudart.cudaSuccess) {
      cudart.cudaGetLastError();
      throw new IllegalStateException(
          "CUDA error: " + cudart.cudaGetErrorString(status).getString());
    }
  }

  @Override
  public void close() {
    try (PointerScope scope = new PointerScope()) {
      destroyGraph();
      closePool();
      if (timesOpened > 0) {
        releasePool();
      }
    } finally {
      owner.close();
    }
  }

  /**
   * Returns the pool's memory to the driver. LibTorch would otherwise keep it and never use it
   * again.
   */
  private void releasePool() {
    poolLock.writeLock().lock();
    try {
      CUDAAllocator allocator = allocator();
      for (; timesOpened > 0; timesOpened--) {
        allocator.releasePool((byte) device.index(), pool);
      }
      allocator.emptyCache(pool);
    } finally {
      poolLock.writeLock().unlock();
    }
  }

  /** Matches the allocations of a recorder: those on its stream. Any thread may call it. */
  private static final class StreamMatcher extends StreamFilter {
    private final long handle;
    private volatile boolean matched;

    StreamMatcher(long handle) {
      this.handle = handle;
    }

    @Override
    public boolean call(Pointer other) {
      boolean matches = other != null && other.address() == handle;
      if (matches) {
        matched = true;
      }
      return matches;
    }
  }
}
