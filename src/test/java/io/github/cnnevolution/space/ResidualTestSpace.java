package io.github.cnnevolution.space;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Sixteen small networks that are no chains: residual blocks, some with a squeeze-and-excitation
 * gate, and a mean over the plane before the last layer. They have every kind of layer that the
 * plain networks lack.
 */
public final class ResidualTestSpace implements SearchSpace, Serializable {
  private static final long serialVersionUID = 1L;

  /** The name of this space. */
  public static final String NAME = "residual-test";

  private static final Gene WIDTH = new Gene("width", 0, 1, List.of("8", "16"));
  private static final Gene BLOCKS = new Gene("blocks", 1, 2, List.of("1", "2"));
  private static final Gene GATE = new Gene("gate", 2, 3, List.of("off", "on"));
  private static final Gene ACTIVATION = new Gene("activation", 3, 4, List.of("ReLU", "GELU"));
  private static final int STAGES = 2;
  private static final int SQUEEZE = 2;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Gene> genes() {
    return List.of(WIDTH, BLOCKS, GATE, ACTIVATION);
  }

  @Override
  public int minimumLength() {
    return 4;
  }

  @Override
  public int defaultLength() {
    return 6;
  }

  @Override
  public Architecture decode(Chromosome chromosome, int classes) {
    check(chromosome);
    Map<String, String> genes = new LinkedHashMap<>();
    genes().forEach(gene -> genes.put(gene.name(), gene.label(chromosome)));
    boolean gated = GATE.read(chromosome) == 1;
    ActivationFunction activation =
        ACTIVATION.read(chromosome) == 1 ? ActivationFunction.GELU : ActivationFunction.RELU;
    int width = 8 << WIDTH.read(chromosome);
    int blocks = 1 + BLOCKS.read(chromosome);
    String name =
        "r%d-b%d%s-%s"
            .formatted(
                width, blocks, gated ? "-se" : "", activation.name().toLowerCase(Locale.ROOT));
    Builder builder = new Builder(activation, gated);
    builder.stem(width);
    for (int stage = 0; stage < STAGES; stage++) {
      for (int block = 0; block < blocks; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        builder.block("stage%d.block%d".formatted(stage, block), width << stage, stride);
      }
    }
    builder.head(classes);
    return new Architecture(
        NAME,
        name,
        classes,
        Architecture.INPUT,
        builder.graph.nodes(),
        genes,
        Map.of("width", width));
  }

  /** All 16. */
  public List<Architecture> all(int classes) {
    List<Architecture> all = new ArrayList<>();
    for (int value = 0; value < 16; value++) {
      all.add(decode(new Chromosome(Integer.toBinaryString(16 | value).substring(1)), classes));
    }
    return all;
  }

  @Override
  public List<Architecture> largest(int classes) {
    return all(classes);
  }

  private static final class Builder {
    private final Graph graph = new Graph(Architecture.INPUT);
    private final ActivationFunction activation;
    private final boolean gated;

    Builder(ActivationFunction activation, boolean gated) {
      this.activation = activation;
      this.gated = gated;
    }

    void stem(int width) {
      graph.add(Layer.Convolution.of("stem.conv", graph.shape(), width, 3, 1).withoutBias());
      graph.add(new Layer.BatchNormalization("stem.norm", graph.shape()));
      graph.add(new Layer.Activation("stem.act", graph.shape(), activation));
      graph.add(Layer.MaxPool.of("stem.pool", graph.shape()));
    }

    void block(String name, int width, int stride) {
      int from = graph.last();
      TensorShape input = graph.shape();
      convolution(name + ".conv1", name + ".norm1", width, 3, stride);
      graph.add(new Layer.Activation(name + ".act1", graph.shape(), activation));
      convolution(name + ".conv2", name + ".norm2", width, 3, 1);
      int branch = gated ? gate(name + ".gate") : graph.last();
      int shortcut = from;
      if (stride > 1 || input.channels() != width) {
        TensorShape output = graph.shape(branch);
        // Without padding, as the projections of ResNets are.
        graph.add(
            new Layer.Convolution(
                name + ".shortcut.0", input, output, 1, stride, Layer.Padding.symmetric(0), true),
            from);
        shortcut = graph.add(new Layer.BatchNormalization(name + ".shortcut.1", output));
      }
      graph.add(new Layer.Sum(name + ".sum", graph.shape(branch), 2), branch, shortcut);
      graph.add(new Layer.Activation(name + ".act2", graph.shape(), activation));
    }

    private void convolution(String name, String norm, int width, int kernel, int stride) {
      Layer.Convolution layer =
          Layer.Convolution.of(name, graph.shape(), width, kernel, stride).withoutBias();
      graph.add(layer);
      graph.add(new Layer.BatchNormalization(norm, graph.shape()));
    }

    private int gate(String name) {
      int branch = graph.last();
      TensorShape plane = graph.shape();
      graph.add(new Layer.GlobalMeanPool(name + ".mean", plane));
      TensorShape squeezed = TensorShape.of(plane.channels() / SQUEEZE);
      graph.add(new Layer.Linear(name + ".0", graph.shape(), squeezed));
      graph.add(new Layer.Activation(name + ".1", squeezed, ActivationFunction.RELU));
      graph.add(new Layer.Linear(name + ".2", squeezed, TensorShape.of(plane.channels())));
      graph.add(new Layer.Activation(name + ".3", graph.shape(), ActivationFunction.SIGMOID));
      return graph.add(
          new Layer.Scale(name + ".scale", plane, graph.shape()), branch, graph.last());
    }

    void head(int classes) {
      graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
      graph.add(new Layer.Dropout("dropout", graph.shape(), 0.25));
      graph.add(new Layer.Linear("scores", graph.shape(), TensorShape.of(classes)));
    }
  }
}
