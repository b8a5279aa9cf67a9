package io.github.cnnevolution.device;

import java.util.OptionalLong;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SizeTPair;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.global.torch_cuda;

/** The memory of a GPU as LibTorch's caching allocator manages it, in bytes. */
public final class GpuMemory {
  private static final long MAX_RESERVE = 512L << 20;
  private static final int RESERVE_DIVISOR = 8;

  private GpuMemory() {}

  /**
   * Limits the allocator to the memory that is free now, minus a reserve: an eighth of the total
   * memory, at most 512 MiB. The reserve is for memory other than tensors: kernels that the driver
   * loads on first use, and the handles of cuBLAS and cuDNN. At the limit the allocator clears its
   * cache by itself, before the driver would refuse an allocation.
   *
   * @return the limit for all tensors together; empty if other processes use too much of the memory
   */
  public static OptionalLong limit(ComputeDevice gpu) {
    try (PointerScope scope = new PointerScope()) {
      byte index = (byte) gpu.index();
      CUDAAllocator allocator = torch_cuda.getAllocator();
      SizeTPair info = allocator.getMemoryInfo(index);
      long free = info.first();
      long total = info.second();
      long limit = free - Math.min(MAX_RESERVE, total / RESERVE_DIVISOR);
      if (limit <= 0) {
        return OptionalLong.empty();
      }
      allocator.setMemoryFraction((double) limit / total, index);
      return OptionalLong.of(limit);
    }
  }

  /** Returns the device memory that the allocator holds now: tensors and cache. */
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
