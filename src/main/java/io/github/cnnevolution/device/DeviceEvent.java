package io.github.cnnevolution.device;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAEvent;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * A point in one thread's work on a device (a CUDA event). Work of other threads on that device can
 * wait for it without blocking the host. On the CPU, work is complete when its call returns, so
 * there is nothing to wait for. Safe to use from many threads until closed.
 */
public final class DeviceEvent implements AutoCloseable {
  private final ComputeDevice device;
  private final NativeOwner owner = new NativeOwner();
  private final CUDAEvent event;

  /** Records the event after all work that the calling thread has launched on the device so far. */
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

  /** Makes all later work of the calling thread start after this event. The host does not wait. */
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
