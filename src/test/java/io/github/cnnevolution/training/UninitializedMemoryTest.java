package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.StagedSpace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients must not depend on what memory held before. glibc fills new and freed blocks with a
 * pattern if asked (mallopt's M_PERTURB): two patterns must give the same gradients. oneDNN's bf16
 * convolution fails this where parts of the kernel meet nothing but padding, which is why {@link
 * Network} leaves those out.
 */
class UninitializedMemoryTest {
  private static final int M_PERTURB = -6;

  private static ComputeDevice cpu;
  private static LibC libc;

  /** The allocator's settings. */
  interface LibC extends Library {
    int mallopt(int parameter, int value);
  }

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
    libc = Native.load("c", LibC.class);
  }

  @AfterAll
  static void reset() {
    assertEquals(1, libc.mallopt(M_PERTURB, 0));
  }

  /**
   * Each other form of a convolution (CpuConvolutions in network), and kernels wider than images.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "inverted-32x1-64x1-64x1-64x1-s16-relu",
        "inverted-k5-32x1-64x1-64x1-64x1-se-s16-relu",
        "inverted-k9-32x1-64x1-64x1-64x1-s16-relu",
        "residual-32x1-64x1-64x1-64x1-64x1-s16-relu",
        "residual-k7-32x1-64x1-64x1-64x1-s16-relu",
        "bottleneck-64x1-64x1-64x1-64x1-64x1-s16-relu",
        "plain-32x1-64x1-384x1-384x1-relu"
      })
  void gradientsOfStagedNetworksToo(String phenotype) {
    Architecture network = StagedSpace.named("staged", phenotype, 10);
    assertEquals(gradients(network, 0x80), gradients(network, 0x3f));
  }

  @Test
  void gradientsAreTheSameWhateverMemoryHeldBefore() {
    List<Architecture> networks = oneForEachConvolution();
    assertTrue(networks.size() > 10, "networks: " + networks.size());
    for (Architecture architecture : networks) {
      List<Double> first = gradients(architecture, 0x80);
      List<Double> second = gradients(architecture, 0x3f);
      assertTrue(first.stream().allMatch(Double::isFinite), architecture.phenotype() + first);
      assertEquals(first, second, architecture.phenotype());
    }
  }

  /** Networks that together hold every convolution (channels, kernel, stride, side) of the 480. */
  private static List<Architecture> oneForEachConvolution() {
    Set<String> covered = new HashSet<>();
    List<Architecture> chosen = new ArrayList<>();
    for (Architecture architecture : PlainNetworks.all()) {
      if (PlainNetworks.activation(architecture).equals("ReLU")
          && covered.addAll(convolutions(architecture))) {
        chosen.add(architecture);
      }
    }
    return chosen;
  }

  private static Set<String> convolutions(Architecture architecture) {
    return architecture.layers().stream()
        .filter(Layer.Convolution.class::isInstance)
        .map(layer -> layer.description() + layer.input())
        .collect(Collectors.toSet());
  }

  /** The sum of squares of each parameter's gradient after one step of a fixed batch. */
  private static List<Double> gradients(Architecture architecture, int pattern) {
    assertEquals(1, libc.mallopt(M_PERTURB, pattern));
    try (PointerScope scope = new PointerScope();
        Network network = new Network(architecture, cpu, 1)) {
      Tensor images =
          torch
              .linspace(
                  new Scalar(-40.0),
                  new Scalar(40.0),
                  4 * 32 * 32 * 3,
                  cpu.tensor(ScalarType.Float))
              .sin()
              .view(4, 32, 32, 3)
              .permute(0, 3, 1, 2);
      Tensor scores;
      try (Autocast autocast = new Autocast(cpu, cpu.preferred())) {
        scores = network.forward(images, Optional.empty()).to(ScalarType.Float);
      }
      scores.pow(new Scalar(2.0)).sum().backward();
      return network.parameters().stream()
          .map(parameter -> parameter.grad().pow(new Scalar(2.0)).sum().item_double())
          .toList();
    }
  }
}
