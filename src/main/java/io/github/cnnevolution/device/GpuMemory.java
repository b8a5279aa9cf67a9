package io.github.cnnevolution.device;

import java.util.OptionalLong;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SizeTPair;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.global.torch_cuda;

/** The memory of a GPU, in bytes, as LibTorch's caching allocator deals with it. */
public final class GpuMemory {
  private static final long MAX_RESERVE = 512L << 20;
  private static final int RESERVE_SHARE = 8;

  private GpuMemory() {}

  /**
   * Keeps the allocator from asking the driver for more than is free now, less a reserve of an
   * eighth or 512 MiB for what is not a tensor: kernels that the driver loads when they are first
   * used, and the handles of cuBLAS and cuDNN. Up to the limit the allocator then clears its cache
   * by itself before the driver would have to refuse.
   *
   * @return the limit, for all tensors together; empty if others have taken the memory
   */
  public static OptionalLong limit(ComputeDevice gpu) {
    try (PointerScope scope = new PointerScope()) {
      byte index = (byte) gpu.index();
      CUDAAllocator allocator = torch_cuda.getAllocator();
      SizeTPair info = allocator.getMemoryInfo(index);
      long free = info.first();
      long total = info.second();
      long limit = free - Math.min(MAX_RESERVE, total / RESERVE_SHARE);
      if (limit <= 0) {
        return OptionalLong.empty();
      }
      allocator.setMemoryFraction((double) limit / total, index);
      return OptionalLong.of(limit);
    }
  }

  /** What the allocator holds of the device's memory now: tensors, and its cache. */
  public static long reserved(ComputeDevice gpu) {
    try (PointerScope scope = new PointerScope()) {
      return torch_cuda
          .getAllocator()
          .getDeviceStats((byte) gpu.index())
          .reserved_bytes()
          .current();
    }
  }
}
