package io.github.cnnevolution.device;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAStream;
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
 * only once. Closing the recorder frees the graph; the pool stays for the next recorder of this
 * stream. The tensors of the pool must be closed first.
 *
 * <p>A recorder belongs to the thread that created it. The {@link DeviceBinding} of that thread
 * must stay open.
 */
public final class GraphRecorder implements WorkRecorder {
  /** Launches between two waits of the host. */
  static final int LAUNCHES_AHEAD = 64;

  private final NativeOwner owner = new NativeOwner();
  private final Semaphore permits;
  private final GraphPools pools;
  private final CUstream_st stream;
  private final GraphPool pool;
  private final List<CUevent_st> marks = new ArrayList<>();
  private boolean open;
  private boolean closed;
  private StreamMatcher filter;
  private CUgraphExec_st graph;
  private int launches;

  /**
   * Creates a recorder with an open pool. Waits for a permit.
   *
   * @param permits one for each recorder that may have an open pool in this process
   * @param pools those of the device
   * @param bytes the memory that the training takes at its peak
   */
  GraphRecorder(ComputeDevice device, Semaphore permits, GraphPools pools, long bytes)
      throws InterruptedException {
    this.permits = permits;
    this.pools = pools;
    try (PointerScope scope = new PointerScope()) {
      CUDAStream current = torch_cuda.getCurrentCUDAStream((byte) device.index());
      this.stream = owner.keep(current.stream());
    }
    this.pool = pools.take(stream.address(), bytes);
    try {
      openPool();
    } catch (InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public void openPool() throws InterruptedException {
    permits.acquire();
    pools.opening().lock();
    try (PointerScope scope = new PointerScope()) {
      filter = new StreamMatcher(stream.address());
      filter.retainReference();
      pool.open(filter);
      open = true;
    } finally {
      if (!open) {
        pools.opening().unlock();
        permits.release();
      }
    }
  }

  @Override
  public void closePool() {
    if (open) {
      open = false;
      try (PointerScope scope = new PointerScope()) {
        pool.close();
      } finally {
        filter.releaseReference();
        pools.opening().unlock();
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

  /**
   * Launches the recorded work. The host waits from time to time, so that it is never far ahead of
   * the device: what it does next then starts soon, such as the end of a training that is given up.
   */
  @Override
  public void launch() {
    check(cudart.cudaGraphLaunch(graph, stream));
    if (++launches % LAUNCHES_AHEAD == 0) {
      int place = launches / LAUNCHES_AHEAD % 2;
      check(cudart.cudaEventRecord(mark(place), stream));
      if (launches > LAUNCHES_AHEAD) {
        check(cudart.cudaEventSynchronize(mark(1 - place)));
      }
    }
  }

  /** One of two events, which are recorded in turn. */
  private CUevent_st mark(int place) {
    while (marks.size() <= place) {
      try (PointerScope scope = new PointerScope()) {
        CUevent_st event = new CUevent_st();
        // The host sleeps while it waits, for other workers need its cores.
        int flags = cudart.cudaEventBlockingSync | cudart.cudaEventDisableTiming;
        check(cudart.cudaEventCreateWithFlags(event, flags));
        marks.add(owner.keep(event));
      }
    }
    return marks.get(place);
  }

  private void destroyGraph() {
    if (graph != null) {
      // A training that is given up has launches that are still waiting; its memory is freed next.
      cudart.cudaStreamSynchronize(stream);
      cudart.cudaGraphExecDestroy(graph);
      graph = null;
    }
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
    if (closed) {
      return;
    }
    closed = true;
    try (PointerScope scope = new PointerScope()) {
      destroyGraph();
      marks.forEach(cudart::cudaEventDestroy);
      closePool();
      pools.giveBack(pool);
    } finally {
      owner.close();
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
