package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static ComputeDevice cpu;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
  }

  /**
   * The arithmetic of the genome package must agree with LibTorch for each of the 480 networks.
   * Four and four differ in the activation alone, which has no module: they are built once.
   */
  @Test
  void modulesHaveTheParametersThatTheArchitectureCounts() {
    Map<String, Long> built = new HashMap<>();
    for (Architecture architecture : PlainNetworks.all()) {
      String modules = architecture.phenotype().replaceFirst("-[a-z]+-", "-");
      long parameters = built.computeIfAbsent(modules, any -> builtParameters(architecture));
      assertEquals(architecture.parameters(), parameters, architecture.phenotype());
    }
    assertEquals(120, built.size());
  }

  private static long builtParameters(Architecture architecture) {
    try (PointerScope scope = new PointerScope();
        Network network = new Network(architecture, cpu, 1)) {
      return network.parameters().stream().mapToLong(Tensor::numel).sum();
    }
  }

  @Test
  void everyShapeOfNetworkRuns() {
    for (Architecture architecture : PlainNetworks.all()) {
      boolean tried =
          List.of(2, 5).contains(PlainNetworks.kernel(architecture))
              && List.of("ReLU", "GELU").contains(PlainNetworks.activation(architecture));
      if (!tried) {
        continue;
      }
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false);
          Network network = new Network(architecture, cpu, 1)) {
        Tensor scores = network.infer(images(1));
        assertArrayEquals(
            new long[] {1, 100}, scores.sizes().vec().get(), architecture.phenotype());
      }
    }
  }

  @Test
  void keysAreThoseOfSequential() {
    try (PointerScope scope = new PointerScope();
        Network network = network("00001000000010000000", 1)) {
      assertEquals(
          List.of(
              "0.weight",
              "0.bias",
              "1.0.weight",
              "1.0.bias",
              "1.1.weight",
              "1.1.bias",
              "1.1.running_mean",
              "1.1.running_var",
              "1.1.num_batches_tracked",
              "4.weight",
              "4.bias",
              "7.weight",
              "7.bias",
              "10.weight",
              "10.bias"),
          network.state().stream().map(NamedTensor::name).toList());
    }
  }

  @Test
  void initialisationIsPyTorchsAndFollowsTheSeed() {
    try (PointerScope scope = new PointerScope();
        Network first = network("00001000000010000000", 5);
        Network same = network("00001000000010000000", 5);
        Network other = network("00001000000010000000", 6)) {
      Tensor linear = tensor(first, "4.weight");
      double bound = 1 / Math.sqrt(4096);
      assertTrue(linear.abs().max().item_double() <= bound);
      // Uniform in +-bound: the deviation is bound / sqrt 3; 8.4 million draws are within 0.1 % of
      // it.
      assertEquals(bound / Math.sqrt(3), linear.std().item_double(), bound * 1e-3);
      assertEquals(0, linear.mean().item_double(), bound * 1e-3);
      Tensor convolution = tensor(first, "1.0.weight");
      assertTrue(convolution.abs().max().item_double() <= 1 / Math.sqrt(16 * 9));
      assertTrue(convolution.abs().max().item_double() > 0.99 / Math.sqrt(16 * 9));
      assertTrue(tensor(first, "4.bias").abs().max().item_double() <= bound);
      assertEquals(16, tensor(first, "1.1.weight").sum().item_double());
      assertEquals(0, tensor(first, "1.1.bias").abs().sum().item_double());
      for (int i = 0; i < first.state().size(); i++) {
        assertTrue(first.state().get(i).tensor().equal(same.state().get(i).tensor()));
      }
      assertNotEquals(linear.sum().item_double(), tensor(other, "4.weight").sum().item_double());
    }
  }

  /** Pooling before a monotone activation, and its in-place form, must not change anything. */
  @Test
  void forwardEqualsTheLayersInTheirWrittenOrder() {
    for (String bits :
        List.of(
            "00000000000000000000",
            "00001000000010000000",
            "01010001000001000000",
            "01001010000010000000",
            "00001011000010000000")) {
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false);
          Network network = network(bits, 3)) {
        Tensor images = images(4);
        Tensor expected = ReferenceForward.infer(network, images);
        Tensor actual = network.infer(images);
        assertTrue(
            expected.sub(actual).abs().max().item_double() < 1e-5,
            bits + ": " + expected.sub(actual).abs().max().item_double());
        assertTrue(expected.abs().max().item_double() > 1e-3);
      }
    }
  }

  /**
   * With kernel 2 and stride 2 two pixels are one of twice the channels, and the stem is folded
   * into what follows it, in each of its forms: the same gradients.
   */
  @Test
  void gradientsEqualThoseOfTheLayersAsTheyAreWritten() {
    List<String> plain = List.of("00001000000000000000", "00001000000010000000");
    List<String> folded =
        List.of(
            "00000000000000000000",
            "01000001000010000000",
            "10001000000000000000",
            "01001000000010000000",
            "11010000000000000000");
    plain.forEach(bits -> assertFalse(foldsStem(bits), bits));
    folded.forEach(bits -> assertTrue(foldsStem(bits), bits));
    for (String bits : Stream.concat(plain.stream(), folded.stream()).toList()) {
      try (PointerScope scope = new PointerScope();
          Network network = network(bits, 3)) {
        Tensor images = images(4);
        ReferenceForward.infer(network, images).square().sum().backward();
        List<Tensor> expected =
            network.parameters().stream().map(parameter -> parameter.grad().clone()).toList();
        network.clearGradients();
        network.infer(images).square().sum().backward();
        for (int i = 0; i < expected.size(); i++) {
          Tensor gradient = network.parameters().get(i).grad();
          double size = expected.get(i).abs().max().item_double();
          double difference = expected.get(i).sub(gradient).abs().max().item_double();
          assertTrue(size > 0, bits + ", parameter " + i);
          assertTrue(difference < 1e-4 * size, bits + ", parameter " + i + ": " + difference);
        }
      }
    }
  }

  /** Wide stems and small kernels: where a patch has fewer channels than the stem makes of it. */
  @Test
  void theStemIsFoldedWhereThatIsLessWork() {
    Set<String> folded =
        PlainNetworks.all().stream()
            .filter(a -> ForwardPlan.of(a).folded().isPresent())
            .map(a -> a.phenotype().replaceFirst("-[a-z]+-.*", ""))
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            "w16-k2", "w32-k2", "w64-k2", "w128-k2", "w32-k3", "w64-k3", "w128-k3", "w64-k5",
            "w128-k5", "w128-k7"),
        folded);
    assertEquals(
        392,
        PlainNetworks.all().stream().filter(a -> ForwardPlan.of(a).folded().isPresent()).count());
  }

  private static boolean foldsStem(String bits) {
    return ForwardPlan.of(PlainNetworks.decode(new Chromosome(bits))).folded().isPresent();
  }

  @Test
  void weightsSurviveACopy() {
    try (PointerScope scope = new PointerScope();
        Network source = network("01010010000001000000", 1);
        Network target = network("01010010000001000000", 2);
        AutoGradMode noGradients = new AutoGradMode(false)) {
      source.state().get(0).tensor().add_(new Scalar(1f));
      Tensor images = images(2);
      try (Weights weights = new Weights(source)) {
        weights.copyTo(target);
      }
      assertTrue(source.infer(images).equal(target.infer(images)));
    }
  }

  private static Network network(String bits, long seed) {
    return new Network(PlainNetworks.decode(new Chromosome(bits)), cpu, seed);
  }

  private static Tensor tensor(Network network, String name) {
    return network.state().stream()
        .filter(e -> e.name().equals(name))
        .findFirst()
        .orElseThrow()
        .tensor();
  }

  private static Tensor images(int count) {
    Tensor values = torch.arange(new Scalar(count * 3072f), cpu.tensor(ScalarType.Float));
    return values.mul(new Scalar(0.37f)).sin().view(count, 32, 32, 3).permute(0, 3, 1, 2);
  }
}
