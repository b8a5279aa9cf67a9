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
 * Records what the calling thread launches on its stream, and launches it again as a whole: a CUDA
 * graph (CUDA C++ Programming Guide, "CUDA Graphs").
 *
 * <p>A graph holds addresses, so that the memory of its temporary tensors must stay its own. It
 * comes from a pool that LibTorch's allocator keeps apart. What the thread allocates between {@link
 * #openMemory} and {@link #shutMemory} comes from there, and what it frees goes back there: steps
 * that run as usual before a recording leave the pool with what the recording needs, and memory is
 * taken once. Closing gives the graph and its memory back; tensors of the pool must be closed
 * before.
 *
 * <p>Belongs to the thread that made it, whose {@link DeviceBinding} must stay open.
 */
public final class GraphRecorder implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final ComputeDevice device;
  private final Semaphore turns;
  // Shared by those whose memory is open; alone has it who gives memory back, since LibTorch
  // refuses
  // that while another pool of the device is open.
  private final ReadWriteLock pools;
  private final CUstream_st stream;
  // What LibTorch calls a MempoolId_t: two numbers, for which the bindings have no type of their
  // own.
  private final DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair pool;
  private boolean open;
  private int timesOpened;
  private MyStream filter;
  private CUgraphExec_st graph;

  /**
   * A recorder whose memory is open.
   *
   * @param turns as many as there may be recorders with open memory in this process
   * @param pools of the device
   */
  GraphRecorder(ComputeDevice device, Semaphore turns, ReadWriteLock pools)
      throws InterruptedException {
    this.device = device;
    this.turns = turns;
    this.pools = pools;
    try (PointerScope scope = new PointerScope()) {
      CUDAStream current = torch_cuda.getCurrentCUDAStream((byte) device.index());
      this.stream = owner.keep(current.stream());
      // No other pool of this process has this name: a stream has one recorder at a time.
      LongPointer name = owner.keep(new LongPointer(current.id(), System.nanoTime()));
      this.pool = owner.keep(new DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair(name));
    }
    openMemory();
  }

  /** From now on the thread's tensors are in the memory of the graph. */
  public void openMemory() throws InterruptedException {
    turns.acquire();
    pools.readLock().lock();
    try (PointerScope scope = new PointerScope()) {
      filter = new MyStream(stream.address());
      filter.retainReference();
      allocator().beginAllocateToPool((byte) device.index(), pool, filter);
      timesOpened++;
      open = true;
    } finally {
      if (!open) {
        pools.readLock().unlock();
        turns.release();
      }
    }
  }

  /** From now on the thread's tensors are where all others are. */
  public void shutMemory() {
    if (open) {
      open = false;
      try (PointerScope scope = new PointerScope()) {
        allocator().endAllocateToPool((byte) device.index(), pool);
      } finally {
        filter.releaseReference();
        pools.readLock().unlock();
        turns.release();
      }
    }
  }

  /**
   * Records what {@code work} launches; nothing of it is computed. It must not wait for the device
   * nor draw random numbers there, and all that it reads or writes must stay where it is. It takes
   * the place of what was recorded before.
   *
   * @throws RuntimeException if something in it cannot be recorded; then there is nothing to launch
   */
  public void record(Runnable work) {
    destroy();
    filter.matched = false;
    // Of this thread alone: other workers allocate and wait meanwhile.
    check(cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal));
    try (PointerScope scope = new PointerScope()) {
      CUgraph_st recorded = new CUgraph_st();
      int end;
      try {
        work.run();
      } finally {
        end = cudart.cudaStreamEndCapture(stream, recorded);
        // A recording that failed leaves its error to whoever asks next.
        cudart.cudaGetLastError();
      }
      check(end);
      if (!filter.matched) {
        throw new IllegalStateException("the recording has no memory of its own");
      }
      CUgraphExec_st executable = new CUgraphExec_st();
      int status = cudart.cudaGraphInstantiate(executable, recorded, 0);
      cudart.cudaGraphDestroy(recorded);
      check(status);
      graph = owner.keep(executable);
    }
  }

  /** Launches what was recorded, after all that this thread has launched so far. */
  public void launch() {
    check(cudart.cudaGraphLaunch(graph, stream));
  }

  private void destroy() {
    if (graph != null) {
      // CUDA lets launches that are under way end.
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
      destroy();
      shutMemory();
      if (timesOpened > 0) {
        free();
      }
    } finally {
      owner.close();
    }
  }

  /** Back to the driver: LibTorch would keep the memory, but never use it again. */
  private void free() {
    pools.writeLock().lock();
    try {
      CUDAAllocator allocator = allocator();
      for (; timesOpened > 0; timesOpened--) {
        allocator.releasePool((byte) device.index(), pool);
      }
      allocator.emptyCache(pool);
    } finally {
      pools.writeLock().unlock();
    }
  }

  /** Says which allocations belong to a recorder: those on its stream. Called by any thread. */
  private static final class MyStream extends StreamFilter {
    private final long handle;
    private volatile boolean matched;

    MyStream(long handle) {
      this.handle = handle;
    }

    @Override
    public boolean call(Pointer other) {
      boolean mine = other != null && other.address() == handle;
      if (mine) {
        matched = true;
      }
      return mine;
    }
  }
}
