package io.github.cnnevolution.device;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutogradState;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Binds the calling thread to a device: while open, the thread's work runs on that device.
 *
 * <p>On a GPU the thread gets its own non-blocking stream, so workers do not wait for each other.
 * It also runs its backward passes itself: by default LibTorch runs the backward passes of all
 * threads on one thread per device, and the workers would queue for it (pytorch issues 18949 and
 * 18333). On the CPU this does nothing. Open and close a binding on the same thread.
 */
public final class DeviceBinding implements AutoCloseable {
  /**
   * The size of LibTorch's stream pool for each device and priority. Streams are assigned round
   * robin.
   */
  static final int STREAMS = 32;

  private static final byte NONE = -1;

  private final ComputeDevice device;
  private final NativeOwner owner = new NativeOwner();

  /** What the thread had before: another binding may be open. Null on the CPU. */
  private CUDAStream streamBefore;

  private byte deviceBefore = NONE;
  private boolean multithreadedBefore;

  DeviceBinding(ComputeDevice device, boolean highPriority) {
    this.device = device;
    if (!device.isGpu()) {
      return;
    }
    byte index = (byte) device.index();
    try (PointerScope scope = new PointerScope()) {
      byte current = torch_cuda.current_device();
      if (current != index && isBound(current)) {
        deviceBefore = current;
      }
      torch_cuda.set_device(index);
      streamBefore = owner.keep(torch_cuda.getCurrentCUDAStream(index));
      multithreadedBefore = AutogradState.get_tls_state().get_multithreading_enabled();
      CUDAStream stream = owner.keep(torch_cuda.getStreamFromPool(highPriority, index));
      torch_cuda.setCurrentCUDAStream(stream);
      AutogradState.get_tls_state().set_multithreading_enabled(false);
    }
  }

  /** Whether another binding is open: to go back to any other device would make a context on it. */
  private static boolean isBound(byte device) {
    return torch_cuda.getCurrentCUDAStream(device).id()
        != torch_cuda.getDefaultCUDAStream(device).id();
  }

  /**
   * Records an event after all work that this thread has launched so far. The caller closes the
   * event.
   */
  public DeviceEvent mark() {
    return new DeviceEvent(device);
  }

  /**
   * Restores what the thread had before: another binding's stream, or LibTorch's defaults. Work
   * that is already launched continues.
   */
  @Override
  public void close() {
    if (device.isGpu()) {
      try (PointerScope scope = new PointerScope()) {
        AutogradState.get_tls_state().set_multithreading_enabled(multithreadedBefore);
        torch_cuda.setCurrentCUDAStream(streamBefore);
        if (deviceBefore != NONE) {
          torch_cuda.set_device(deviceBefore);
        }
      }
      owner.close();
    }
  }
}
