package io.github.cnnevolution.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesTest {
  /** Compute capabilities: V100 7.0, RTX 20 7.5, A100 8.0, RTX 40 8.9, H100 9.0, RTX 50 12.0. */
  @ParameterizedTest
  @CsvSource({"7, FP16, false", "8, BF16, true", "9, BF16, true", "12, BF16, true"})
  void prefersAPrecisionOfTheTensorCores(int capabilityMajor, Precision preferred, boolean bf16) {
    ComputeDevice gpu = Devices.gpu(1, "a GPU", capabilityMajor);
    assertEquals(preferred, gpu.preferred());
    assertEquals(bf16, gpu.precisions().contains(Precision.BF16));
    assertTrue(gpu.precisions().containsAll(Set.of(Precision.FP32, Precision.FP16)));
    assertEquals("gpu1", gpu.id());
    assertTrue(gpu.isGpu());
  }

  @Test
  void findsTheCpu() {
    ComputeDevice cpu = Devices.cpu();
    assertEquals("cpu", cpu.id());
    assertFalse(cpu.isGpu());
    assertTrue(cpu.precisions().contains(Precision.FP32));
  }

  /** Results are stored by this name: those of another kind of processor must not count. */
  @ParameterizedTest
  @CsvSource({
    "AMD EPYC, 25, 17, 'AMD EPYC (family 25, model 17)'",
    "AMD EPYC, 26, 2, 'AMD EPYC (family 26, model 2)'",
    "AMD EPYC 9654 96-Core Processor, 25, 17, AMD EPYC 9654 96-Core Processor",
    "'', 6, 1, CPU",
  })
  void aHiddenModelIsNamedByItsNumbers(String model, int family, int number, String name) {
    ComputeDevice cpu =
        Devices.cpu(
            "processor\t: 0\ncpu family\t: %d\nmodel\t\t: %d\nmodel name\t: %s\nflags\t\t: fpu avx512_bf16\n"
                .formatted(family, number, model));
    assertEquals(name, cpu.name());
    assertEquals(Precision.BF16, cpu.preferred());
  }

  /** What a processor has for inference alone is no precision to train in. */
  @ParameterizedTest
  @CsvSource({"avx512_bf16 avx512_fp16 amx_bf16,false", "avx512_bf16 avx512_fp16 amx_fp16,true"})
  void trainsInFp16WhereGradientsAreFast(String flags, boolean fp16) {
    ComputeDevice cpu = Devices.cpu("model name\t: X\nflags\t\t: fpu " + flags + "\n");
    assertEquals(fp16, cpu.precisions().contains(Precision.FP16));
    assertEquals(Precision.BF16, cpu.preferred());
  }

  @ParameterizedTest
  @CsvSource({"amx_bf16 avx512_bf16 amx_tile,true", "amx_tile amx_int8,false", "avx512_bf16,false"})
  void findsTilesOfMatrices(String flags, boolean tiles) {
    assertEquals(tiles, Devices.multipliesTiles("model name\t: X\nflags\t\t: fpu " + flags + "\n"));
    assertFalse(Devices.multipliesTiles(""));
  }

  @Test
  void rejectsAnInvalidIndexOrPrecision() {
    Set<Precision> fp32 = Set.of(Precision.FP32);
    ComputeDevice.Kind gpu = ComputeDevice.Kind.GPU;
    assertThrows(
        IllegalArgumentException.class,
        () -> new ComputeDevice(gpu, 128, "", fp32, Precision.FP32));
    assertThrows(
        IllegalArgumentException.class, () -> new ComputeDevice(gpu, -1, "", fp32, Precision.FP32));
    assertThrows(
        IllegalArgumentException.class, () -> new ComputeDevice(gpu, 0, "", fp32, Precision.BF16));
  }

  @ParameterizedTest
  @CsvSource({
    "60, false",
    "70, false",
    "72, false",
    "75, true",
    "80, true",
    "89, true",
    "120, true"
  })
  void aGpuWithoutKernelsIsRefusedByName(int capability, boolean usable) {
    Optional<String> reason = Devices.unusable("Tesla X", capability);
    assertEquals(usable, reason.isEmpty());
    if (!usable) {
      assertEquals(
          "Tesla X has compute capability %d.%d, and LibTorch has no kernels below 7.5"
              .formatted(capability / 10, capability % 10),
          reason.get());
    }
  }
}
