package io.github.cnnevolution.device;

import com.sun.jna.Structure;
import io.github.cnnevolution.text.Text;
import java.util.OptionalLong;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_cuda;

/** Memory in use on a device, and shortage of it on purpose, for tests of a machine. */
public final class DeviceMemory {
  /** More than the address space of any processor. */
  private static final long TOO_MUCH = 1L << 60;

  private DeviceMemory() {}

  /** Blocks of the C library's allocator, {@code struct mallinfo2} of glibc 2.33 and later. */
  @Structure.FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static final class Blocks extends Structure implements Structure.ByValue {
    public long arena;
    public long ordblks;
    public long smblks;
    public long hblks;

    /** Bytes that were mapped for single blocks. */
    public long hblkhd;

    public long usmblks;
    public long fsmblks;

    /** Bytes of all blocks that are in use, in all arenas. */
    public long uordblks;

    public long fordblks;
    public long keepcost;
  }

  /**
   * Returns the bytes in use: on a GPU by tensors, on the CPU by all native code of this process.
   *
   * @return empty if the C library does not tell
   */
  public static OptionalLong used(ComputeDevice device) {
    if (device.isGpu()) {
      try (PointerScope scope = new PointerScope()) {
        return OptionalLong.of(
            torch_cuda
                .getAllocator()
                .getDeviceStats((byte) device.index())
                .allocated_bytes()
                .current());
      }
    }
    try {
      Blocks blocks = LibC.load().mallinfo2();
      return OptionalLong.of(blocks.uordblks + blocks.hblkhd);
    } catch (UnsatisfiedLinkError e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Asks for more memory than the device has.
   *
   * @throws RuntimeException always, as any tensor does for which there is no memory
   */
  public static void askForTooMuch(ComputeDevice device) {
    try (PointerScope scope = new PointerScope()) {
      torch.empty(new long[] {TOO_MUCH}, device.tensor(ScalarType.Byte), null);
    }
    throw new IllegalStateException(Text.format("%s has given 2^60 bytes", device.id()));
  }

  /**
   * Limits the tensors of a GPU to what they and their cache take now and a little more, until the
   * limit is closed. Nothing may train there meanwhile that is to succeed. Does nothing on the CPU.
   *
   * @param more bytes
   */
  public static Limit limit(ComputeDevice device, long more) {
    return new Limit(device, more);
  }

  /** A limit of memory. */
  public static final class Limit implements AutoCloseable {
    private final ComputeDevice device;
    private final double before;

    private Limit(ComputeDevice device, long more) {
      this.device = device;
      if (!device.isGpu()) {
        this.before = 1;
        return;
      }
      device.releaseCachedMemory();
      byte index = (byte) device.index();
      try (PointerScope scope = new PointerScope()) {
        CUDAAllocator allocator = torch_cuda.getAllocator();
        this.before = allocator.getMemoryFraction(index);
        long total = allocator.getMemoryInfo(index).second();
        allocator.setMemoryFraction(
            Math.min(1, (double) (GpuMemory.reserved(device) + more) / total), index);
      }
    }

    @Override
    public void close() {
      if (device.isGpu()) {
        try (PointerScope scope = new PointerScope()) {
          torch_cuda.getAllocator().setMemoryFraction(before, (byte) device.index());
        }
      }
    }
  }
}
