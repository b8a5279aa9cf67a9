package io.github.cnnevolution.device;

import java.util.Arrays;
import java.util.Optional;

/**
 * The shared libraries of NVIDIA that the GPU build of LibTorch cannot start without, and two that
 * the others use where they are there. Each stands behind those that it needs itself.
 *
 * <p>Source: the {@code NEEDED} entries of the libraries in Bytedeco's {@code pytorch} and {@code
 * cuda} jars, and what cuSPARSE, cuSOLVER and cuDNN open in turn.
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
  CUDNN_ADV("libcudnn_adv.so.9", "libcudnn9-cuda-13", "nvidia-cudnn-cu13", true);

  /** The driver's library. It comes with the kernel module, never with a toolkit. */
  static final String DRIVER = "libcuda.so.1";

  /** The driver's library for monitoring. */
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

  /** The name with the version of the interface, as the linker looks for it. */
  String soname() {
    return soname;
  }

  /** Whether LibTorch's libraries cannot be loaded without it. */
  boolean isRequired() {
    return required;
  }

  /** What to install: a package of NVIDIA's repository for Debian and Ubuntu, or a wheel. */
  String remedy() {
    return "apt install %s, or pip install %s".formatted(debianPackage, wheel);
  }

  /** The library of that name, if it is one of these. */
  static Optional<CudaLibrary> of(String soname) {
    return Arrays.stream(values()).filter(library -> library.soname.equals(soname)).findFirst();
  }
}
