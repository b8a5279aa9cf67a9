package io.github.cnnevolution.device;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutogradState;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * The calling thread's hold on a device: while open, what the thread computes goes to that device.
 *
 * <p>On a GPU the thread has a non-blocking stream of its own, so that workers do not wait for each
 * other, and runs its backward passes itself: LibTorch by default hands the backward passes of all
 * threads to one thread a device, behind which the workers would queue (pytorch issues 18949 and
 * 18333). On the CPU there is nothing to do. Open and close it on the same thread.
 */
public final class DeviceBinding implements AutoCloseable {
  private final ComputeDevice device;
  private final NativeOwner owner = new NativeOwner();

  DeviceBinding(ComputeDevice device) {
    this.device = device;
    if (!device.isGpu()) {
      return;
    }
    byte index = (byte) device.index();
    torch_cuda.set_device(index);
    try (PointerScope scope = new PointerScope()) {
      CUDAStream stream = owner.keep(torch_cuda.getStreamFromPool(true, index));
      torch_cuda.setCurrentCUDAStream(stream);
      AutogradState.get_tls_state().set_multithreading_enabled(false);
    }
  }

  /** Marks what this thread has launched so far; the caller closes the event. */
  public DeviceEvent mark() {
    return new DeviceEvent(device);
  }

  /** Gives the thread LibTorch's defaults back. Work already launched goes on. */
  @Override
  public void close() {
    if (device.isGpu()) {
      try (PointerScope scope = new PointerScope()) {
        AutogradState.get_tls_state().set_multithreading_enabled(true);
        torch_cuda.setCurrentCUDAStream(torch_cuda.getDefaultCUDAStream((byte) device.index()));
      }
      owner.close();
    }
  }
}
