package io.github.cnnevolution.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts are those of LibTorch 2.10, of CUDA 13 and of cuDNN 9. */
class NativeFailureTest {
  private static NativeFailure of(String message) {
    return NativeFailure.of(new RuntimeException(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB",
        "CUDA error: out of memory",
        "DefaultCPUAllocator: not enough memory: you tried to allocate 8589934592 bytes.",
        "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
        "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED",
        "GET was unable to find an engine to execute this computation",
      })
  void aLackOfMemoryIsToldByItsText(String message) {
    assertEquals(NativeFailure.OUT_OF_MEMORY, of(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA error: unspecified launch failure\nCUDA kernel errors might be asynchronously",
        "CUDA error: an illegal memory access was encountered",
        "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasLtMatmul`",
        "CUDA error: no kernel image is available for execution on the device",
        "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED",
      })
  void anErrorOfCudaMayMeanALostDevice(String message) {
    assertEquals(NativeFailure.DEVICE_LOST, of(message));
  }

  @Test
  void onlyTheFirstLineCounts() {
    assertEquals(NativeFailure.OTHER, of("size mismatch\nCUDA error: out of memory"));
  }
}
