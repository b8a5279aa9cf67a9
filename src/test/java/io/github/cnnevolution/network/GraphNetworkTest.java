package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Graph;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.space.TensorShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks that are no chains. */
class GraphNetworkTest {
  private static final String GATED = "0111";

  private static ComputeDevice cpu;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
  }

  static List<Architecture> networks() {
    return Stream.concat(
            new ResidualTestSpace().all(10).stream(),
            Stream.of(
                OddNetworks.tangled(), OddNetworks.chain(), OddNetworks.grouped(), stridedStem()))
        .toList();
  }

  /** A stem that halves the image, folded into a convolution without padding. */
  private static Architecture stridedStem() {
    Graph graph = new Graph(Architecture.INPUT);
    graph.add(Layer.Convolution.of("stem", graph.shape(), 128, 3, 2));
    TensorShape output = TensorShape.of(64, 14, 14);
    Layer.Padding none = Layer.Padding.symmetric(0);
    graph.add(new Layer.Convolution("conv", graph.shape(), output, 3, 1, none, true));
    graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
    graph.add(new Layer.Linear("scores", graph.shape(), TensorShape.of(10)));
    return new Architecture(
        "odd", "strided", 10, Architecture.INPUT, graph.nodes(), Map.of(), Map.of());
  }

  private static Tensor images(int count) {
    Tensor values = torch.arange(new Scalar(count * 3072f), cpu.tensor(ScalarType.Float));
    return values.mul(new Scalar(0.37f)).sin().view(count, 32, 32, 3).permute(0, 3, 1, 2);
  }

  /** With statistics, scales and shifts that are not those of the beginning. */
  private static Network network(Architecture architecture) {
    Network network = new Network(architecture, cpu, 3);
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      for (int i = 0; i < 3; i++) {
        network.forward(images(4), Optional.empty());
      }
      for (NamedTensor entry : network.state()) {
        if (entry.name().matches(".*(norm|shortcut\\.1).*\\.(weight|bias)")) {
          long channels = entry.tensor().numel();
          entry.tensor().add_(torch.linspace(new Scalar(-0.3), new Scalar(0.3), channels));
        }
      }
    }
    return network;
  }

  @Test
  void aStridedStemIsFoldedOverPatches() {
    assertTrue(ForwardPlan.of(stridedStem()).folded().isPresent());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void modulesHaveTheParametersThatTheArchitectureCounts(Architecture architecture) {
    try (PointerScope scope = new PointerScope();
        Network network = new Network(architecture, cpu, 1)) {
      assertEquals(
          architecture.parameters(), network.parameters().stream().mapToLong(Tensor::numel).sum());
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void forwardAndGradientsEqualThoseOfTheLayersAsTheyAreWritten(Architecture architecture) {
    try (PointerScope scope = new PointerScope();
        Network network = network(architecture)) {
      Tensor images = images(4);
      Tensor expected = ReferenceForward.infer(network, images);
      expected.square().sum().backward();
      List<Tensor> gradients =
          network.parameters().stream().map(parameter -> parameter.grad().clone()).toList();
      network.clearGradients();
      Tensor actual = network.infer(images);
      actual.square().sum().backward();
      double largest = expected.abs().max().item_double();
      assertTrue(largest > 1e-3, "scores: " + largest);
      assertTrue(expected.sub(actual).abs().max().item_double() < 1e-5 * Math.max(1, largest));
      for (int i = 0; i < gradients.size(); i++) {
        Tensor gradient = network.parameters().get(i).grad();
        double size = gradients.get(i).abs().max().item_double();
        double difference = gradients.get(i).sub(gradient).abs().max().item_double();
        assertTrue(size > 0, "parameter " + i);
        assertTrue(difference < 1e-4 * size + 1e-6, "parameter " + i + ": " + difference);
      }
    }
  }

  /** Along its gradient a parameter changes the sum by the gradient's length. */
  @Test
  void gradientsAreDerivatives() {
    Architecture architecture = new ResidualTestSpace().decode(new Chromosome(GATED), 10);
    try (PointerScope scope = new PointerScope();
        Network network = network(architecture)) {
      Tensor images = images(4);
      network.infer(images).square().sum().backward();
      int checked = 0;
      for (Tensor parameter : network.parameters()) {
        Tensor gradient = parameter.grad().clone();
        double length = gradient.norm().item_double();
        double step = 2e-3 * Math.max(1, parameter.norm().item_double());
        try (AutoGradMode noGradients = new AutoGradMode(false)) {
          Tensor direction = gradient.div(new Scalar(length)).mul(new Scalar(step));
          parameter.add_(direction);
          double up = network.infer(images).square().sum().item_double();
          parameter.sub_(direction).sub_(direction);
          double down = network.infer(images).square().sum().item_double();
          parameter.add_(direction);
          double slope = (up - down) / (2 * step);
          assertEquals(length, slope, 0.03 * length + 2e-3, "parameter " + checked);
        }
        checked++;
      }
      assertTrue(checked > 30, checked + " parameters");
    }
  }

  /** Convolutions of the next block would otherwise copy their input. */
  @Test
  void sumsAndProductsKeepTheMemoryFormat() {
    TensorShape shape = TensorShape.of(8, 32, 32);
    Layer scale = new Layer.Scale("scale", shape, TensorShape.of(8));
    Layer three = new Layer.Sum("sum", shape, 3);
    Step.Pass pass = new Step.Pass(true, Optional.empty());
    try (PointerScope scope = new PointerScope();
        NativeOwner owner = new NativeOwner()) {
      Tensor plane = torch.rand(2, 8, 32, 32).contiguous(MemoryFormat.ChannelsLast);
      LayerSteps steps = new LayerSteps(new ModuleTree(cpu, 1, owner), owner);
      Tensor product = scale.accept(steps).apply(pass, plane, torch.rand(2, 8));
      assertTrue(product.is_contiguous(MemoryFormat.ChannelsLast));
      Tensor sum = three.accept(steps).apply(pass, product, plane, plane);
      assertTrue(sum.is_contiguous(MemoryFormat.ChannelsLast));
    }
  }

  @Test
  void keysFollowTheNamesOfTheLayers() {
    Architecture architecture = new ResidualTestSpace().decode(new Chromosome("0010"), 10);
    try (PointerScope scope = new PointerScope();
        Network network = new Network(architecture, cpu, 1)) {
      List<String> names = new ArrayList<>();
      network.state().forEach(entry -> names.add(entry.name()));
      assertEquals("stem.conv.weight", names.get(0));
      assertTrue(
          names.containsAll(
              List.of(
                  "stage0.block0.gate.0.bias",
                  "stage1.block0.shortcut.0.weight",
                  "stage1.block0.shortcut.1.running_var",
                  "scores.bias")),
          names.toString());
      assertTrue(!names.contains("stem.conv.bias"), names.toString());
    }
  }
}
