package io.github.cnnevolution.device;

import io.github.cnnevolution.text.Text;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.pytorch.Context;

/** The versions of what computes on GPUs. */
public final class GpuVersions {
  private GpuVersions() {}

  /**
   * Returns them in one line, such as {@code driver 580.65.06, CUDA 13010, cuDNN 91900}. What is
   * not known is left empty. Call it where LibTorch uses GPUs.
   *
   * @param cudaPath where to look for the driver's library first
   */
  public static String text(Optional<Path> cudaPath) {
    String driver = "";
    Optional<Nvml> nvml = Nvml.open(cudaPath);
    if (nvml.isPresent()) {
      try (Nvml library = nvml.get()) {
        driver = library.driverVersion();
      }
    }
    int[] runtime = new int[1];
    cudart.cudaRuntimeGetVersion(runtime);
    return Text.format(
        "driver %s, CUDA %d, cuDNN %d", driver, runtime[0], Context.versionRuntimeCuDNN());
  }
}
