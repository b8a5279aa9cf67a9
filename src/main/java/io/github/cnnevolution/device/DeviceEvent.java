package io.github.cnnevolution.device;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAEvent;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * A point in the work of one thread on a device, which other threads' work there can wait for
 * without stopping the host (a CUDA event). On the CPU, where work is done when its call returns,
 * there is nothing to wait for. Safe to use from many threads until closed.
 */
public final class DeviceEvent implements AutoCloseable {
  private final ComputeDevice device;
  private final NativeOwner owner = new NativeOwner();
  private final CUDAEvent event;

  /** Marks what the calling thread has launched on the device so far. */
  DeviceEvent(ComputeDevice device) {
    this.device = device;
    if (device.isGpu()) {
      try (PointerScope scope = new PointerScope()) {
        event = owner.keep(new CUDAEvent());
        event.record(torch_cuda.getCurrentCUDAStream((byte) device.index()));
      }
    } else {
      event = null;
    }
  }

  /** Whatever the calling thread launches from now on starts after the mark. */
  public void await() {
    if (event != null) {
      try (PointerScope scope = new PointerScope()) {
        event.block(torch_cuda.getCurrentCUDAStream((byte) device.index()));
      }
    }
  }

  @Override
  public void close() {
    owner.close();
  }
}
