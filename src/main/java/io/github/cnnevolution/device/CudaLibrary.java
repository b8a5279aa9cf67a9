package io.github.cnnevolution.device;

import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import java.util.Optional;

/**
 * The NVIDIA shared libraries that the GPU build of LibTorch requires, and two optional ones that
 * the others use if present. Each library is listed after its own dependencies.
 *
 * <p>Source: the {@code NEEDED} entries of the libraries in Bytedeco's {@code pytorch} and {@code
 * cuda} jars, and the libraries that cuSPARSE, cuSOLVER and cuDNN load themselves: cuDNN its
 * engines at the first convolution, when it is too late to say what is missing.
 */
enum CudaLibrary {
  CUDART("libcudart.so.13", "cuda-cudart-13-1", "nvidia-cuda-runtime", true),
  NVJITLINK("libnvJitLink.so.13", "libnvjitlink-13-1", "nvidia-nvjitlink", false),
  NVRTC("libnvrtc.so.13", "cuda-nvrtc-13-1", "nvidia-cuda-nvrtc", false),
  CUBLAS_LT("libcublasLt.so.13", "libcublas-13-1", "nvidia-cublas", true),
  CUBLAS("libcublas.so.13", "libcublas-13-1", "nvidia-cublas", true),
  CUSPARSE("libcusparse.so.12", "libcusparse-13-1", "nvidia-cusparse", true),
  CUSOLVER("libcusolver.so.12", "libcusolver-13-1", "nvidia-cusolver", true),
  CUFFT("libcufft.so.12", "libcufft-13-1", "nvidia-cufft", true),
  CURAND("libcurand.so.10", "libcurand-13-1", "nvidia-curand", true),
  CUPTI("libcupti.so.13", "cuda-cupti-13-1", "nvidia-cuda-cupti", true),
  CUFILE("libcufile.so.0", "libcufile-13-1", "nvidia-cufile", true),
  NCCL("libnccl.so.2", "libnccl2", "nvidia-nccl-cu13", true),
  CUDNN("libcudnn.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true),
  CUDNN_GRAPH("libcudnn_graph.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true),
  CUDNN_OPS("libcudnn_ops.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true),
  CUDNN_CNN("libcudnn_cnn.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true),
  CUDNN_ADV("libcudnn_adv.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true),
  CUDNN_HEURISTIC("libcudnn_heuristic.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true),
  CUDNN_PRECOMPILED(
      "libcudnn_engines_precompiled.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true),
  CUDNN_COMPILED(
      "libcudnn_engines_runtime_compiled.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true);

  /** The driver's library. It is installed with the kernel module, never with a toolkit. */
  static final String DRIVER = "libcuda.so.1";

  /** The driver's monitoring library. */
  static final String NVML = "libnvidia-ml.so.1";

  private final String soname;
  private final String debianPackage;
  private final String wheel;
  private final boolean required;

  CudaLibrary(String soname, String debianPackage, String wheel, boolean required) {
    this.soname = soname;
    this.debianPackage = debianPackage;
    this.wheel = wheel;
    this.required = required;
  }

  /** Returns the name with the ABI version, which the dynamic linker searches for. */
  String soname() {
    return soname;
  }

  /** Returns whether LibTorch's libraries need this library to load. */
  boolean isRequired() {
    return required;
  }

  /**
   * Returns the commands that install this library: from NVIDIA's repository for Debian and Ubuntu,
   * or as a Python wheel.
   */
  String remedy() {
    return Text.format("apt install %s, or pip install %s", debianPackage, wheel);
  }

  /** Returns the library with this soname, or empty if it is not one of these. */
  static Optional<CudaLibrary> of(String soname) {
    return Arrays.stream(values()).filter(library -> library.soname.equals(soname)).findFirst();
  }
}
