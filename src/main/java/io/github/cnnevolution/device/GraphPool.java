package io.github.cnnevolution.device;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.cuda.DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair;
import org.bytedeco.pytorch.cuda.SegmentInfo;
import org.bytedeco.pytorch.cuda.StreamFilter;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * A separate pool of LibTorch's allocator for the recordings of one stream, one after the other.
 * Its memory stays with it until it is released; then the next recording begins a new one. {@link
 * GraphPools} guards it.
 */
final class GraphPool {
  private final ComputeDevice device;
  private final long stream;
  // LibTorch's MempoolId_t, a pair of numbers. The bindings have no separate type for it.
  private DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair id;
  // The id is a view of them.
  private LongPointer numbers;
  // LibTorch counts how often a pool was opened, and releases it as often.
  private int timesOpened;

  GraphPool(ComputeDevice device, long stream) {
    this.device = device;
    this.stream = stream;
  }

  /** Returns the address of the stream whose allocations it serves. */
  long stream() {
    return stream;
  }

  /** Makes allocations that {@code filter} matches come from this pool. */
  void open(StreamFilter filter) {
    if (id == null) {
      try (PointerScope scope = new PointerScope()) {
        // Unique in this process, since a stream has one recorder at a time.
        numbers = new LongPointer(stream, System.nanoTime());
        numbers.retainReference();
        id = new DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair(numbers);
        id.retainReference();
      }
    }
    allocator().beginAllocateToPool((byte) device.index(), id, filter);
    timesOpened++;
  }

  /** Ends what {@link #open} began. */
  void close() {
    allocator().endAllocateToPool((byte) device.index(), id);
  }

  /** Returns the device memory that it holds, in bytes. */
  long bytes() {
    if (id == null) {
      return 0;
    }
    try (PointerScope scope = new PointerScope()) {
      SegmentInfo segments = allocator().snapshot(id).segments();
      long bytes = 0;
      for (long i = 0; i < segments.limit(); i++) {
        bytes += segments.getPointer(i).total_size();
      }
      return bytes;
    }
  }

  /**
   * Returns its memory to the driver, which waits for the device. No tensor of it may be left, and
   * no pool of the device may be open.
   */
  void release() {
    if (id != null) {
      try (PointerScope scope = new PointerScope()) {
        CUDAAllocator allocator = allocator();
        for (; timesOpened > 0; timesOpened--) {
          allocator.releasePool((byte) device.index(), id);
        }
        allocator.emptyCache(id);
      } finally {
        id.releaseReference();
        numbers.releaseReference();
        id = null;
      }
    }
  }

  private static CUDAAllocator allocator() {
    return torch_cuda.getAllocator();
  }
}
