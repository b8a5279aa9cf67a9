package io.github.cnnevolution.cuda;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Prints what the program has set in its process: environment variables as native code sees them,
 * and the streams of a thread before, in and after nested bindings.
 */
final class ProcessSettingsProbe {
  private ProcessSettingsProbe() {}

  /** A function of the C library. JNA requires a visible interface. */
  interface C extends Library {
    String getenv(String name);
  }

  /** Runs as a process of its own, on the recorder. */
  public static void main(String[] arguments) throws Exception {
    NativeRuntime.load(1);
    new CudaMathMode(false, true).apply();
    C c = Native.load("c", C.class);
    for (String name : List.of("CUDA_DEVICE_MAX_CONNECTIONS", "CUBLAS_WORKSPACE_CONFIG")) {
      System.out.println(name + "=" + c.getenv(name));
    }
    ComputeDevice gpu = Devices.gpus().get(0);
    long legacy = stream();
    long outside;
    long inside;
    long outsideAgain;
    try (DeviceBinding outer = gpu.bind()) {
      outside = stream();
      try (DeviceBinding inner = gpu.bind()) {
        inside = stream();
      }
      outsideAgain = stream();
    }
    System.out.println("a binding has a stream of its own: " + (outside != legacy));
    System.out.println("so has one inside it: " + (inside != outside && inside != legacy));
    System.out.println("which leaves the outer one behind: " + (outsideAgain == outside));
    System.out.println("and that the first: " + (stream() == legacy));
  }

  private static long stream() {
    try (PointerScope scope = new PointerScope()) {
      CUDAStream stream = torch_cuda.getCurrentCUDAStream((byte) 0);
      return stream.id();
    }
  }
}
