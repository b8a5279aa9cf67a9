package io.github.cnnevolution.space;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The network that a chromosome stands for: its phenotype, which is what is trained, cached and
 * compared.
 *
 * <p>The 2^20 chromosomes of 20 bits express only 480 architectures, since separators, the pool
 * gene and the genes of blocks beyond the depth carry nothing. Two chromosomes have equal
 * architectures exactly when they build the same network. How many classes the last layer tells
 * apart is no gene: it follows from the data, and all networks of a run have the same number.
 * Everything here is arithmetic on integers: shapes, parameters and flops need no LibTorch.
 *
 * @param stemIndex index o into {@link #WIDTHS}; the network has o + 1 blocks
 * @param kernel the side of every convolution's kernel
 * @param activation the nonlinearity of the blocks
 * @param blocks the o + 1 block types, from input to output
 * @param classes of the data, at least 2
 */
public record Architecture(
    int stemIndex, int kernel, ActivationFunction activation, List<BlockType> blocks, int classes) {
  /** Channel counts; block i of a network with stem index o has the width at min(o + i, last). */
  public static final List<Integer> WIDTHS = List.of(16, 32, 64, 128, 256);

  /** Kernel sides by gene value. */
  public static final List<Integer> KERNELS = List.of(2, 3, 5, 7);

  /** Nonlinearities by gene value. */
  public static final List<ActivationFunction> ACTIVATIONS =
      List.of(
          ActivationFunction.RELU,
          ActivationFunction.ELU,
          ActivationFunction.LEAKY_RELU,
          ActivationFunction.GELU);

  /** The classes of CIFAR-100, and of a network of which nothing else is said. */
  public static final int CLASSES = 100;

  /** The input: one RGB image of 32 x 32. */
  public static final TensorShape INPUT = TensorShape.of(3, 32, 32);

  private static final int HIDDEN_1 = 2048;
  private static final int HIDDEN_2 = 1024;
  private static final double BLOCK_DROPOUT = 0.25;
  private static final double HEAD_DROPOUT = 0.5;

  /**
   * Checks that the parts fit together.
   *
   * @throws IllegalArgumentException if a value is none that a chromosome can express
   */
  public Architecture {
    blocks = List.copyOf(blocks);
    if (stemIndex < 0 || stemIndex > 3) {
      throw new IllegalArgumentException("stem index " + stemIndex + " is outside [0, 3]");
    }
    if (!KERNELS.contains(kernel)) {
      throw new IllegalArgumentException("kernel " + kernel + " is none of " + KERNELS);
    }
    if (blocks.size() != stemIndex + 1) {
      throw new IllegalArgumentException(
          "stem index %d needs %d blocks, but there are %d"
              .formatted(stemIndex, stemIndex + 1, blocks.size()));
    }
    if (classes < 2) {
      throw new IllegalArgumentException("a network needs at least 2 classes, not " + classes);
    }
  }

  /** Reads the fields of a chromosome, for {@value #CLASSES} classes. */
  public static Architecture decode(Chromosome chromosome) {
    return decode(chromosome, CLASSES);
  }

  /**
   * Reads the fields of a chromosome.
   *
   * @param classes that the last layer tells apart, at least 2
   */
  public static Architecture decode(Chromosome chromosome, int classes) {
    int stemIndex = Gene.STEM_WIDTH.read(chromosome);
    List<BlockType> blocks = new ArrayList<>();
    for (int i = 0; i <= stemIndex; i++) {
      blocks.add(chromosome.bit(Gene.BLOCKS.from() + i) ? BlockType.SINGLE : BlockType.DOUBLE);
    }
    return new Architecture(
        stemIndex,
        KERNELS.get(Gene.KERNEL.read(chromosome)),
        ACTIVATIONS.get(Gene.ACTIVATION.read(chromosome)),
        blocks,
        classes);
  }

  /** Every architecture that a chromosome can express, for {@value #CLASSES} classes. */
  public static List<Architecture> all() {
    return all(CLASSES);
  }

  /** Every architecture that a chromosome can express, 480 in all, each once. */
  public static List<Architecture> all(int classes) {
    List<Architecture> all = new ArrayList<>();
    for (int stemIndex = 0; stemIndex < 4; stemIndex++) {
      for (int kernel : KERNELS) {
        for (ActivationFunction activation : ACTIVATIONS) {
          for (int choices = 0; choices < 1 << (stemIndex + 1); choices++) {
            List<BlockType> blocks = new ArrayList<>();
            for (int i = 0; i <= stemIndex; i++) {
              blocks.add((choices >> i & 1) == 1 ? BlockType.SINGLE : BlockType.DOUBLE);
            }
            all.add(new Architecture(stemIndex, kernel, activation, blocks, classes));
          }
        }
      }
    }
    return Collections.unmodifiableList(all);
  }

  /** The number of convolution blocks. */
  public int depth() {
    return blocks.size();
  }

  /** The channels that the first convolution produces. */
  public int stemWidth() {
    return WIDTHS.get(stemIndex);
  }

  /** The channels that block {@code index} produces. */
  public int blockWidth(int index) {
    return WIDTHS.get(Math.min(stemIndex + index, WIDTHS.size() - 1));
  }

  /**
   * A short name, equal exactly for equal architectures of as many classes, such as {@code
   * w64-k3-relu-dsd}: stem width, kernel, activation, and a letter a block (s single, d double).
   */
  public String phenotype() {
    StringBuilder name = new StringBuilder();
    name.append('w').append(stemWidth()).append("-k").append(kernel).append('-');
    name.append(activation.torchName().toLowerCase(Locale.ROOT)).append('-');
    blocks.forEach(block -> name.append(block.symbol()));
    return name.toString();
  }

  /**
   * The layers in the order of the forward pass, named by their path in the nested {@code
   * nn.Sequential}: the stem is {@code 0}, block i is {@code 1 + 2i} with its layers below it, its
   * dropout {@code 2 + 2i}, then the head.
   */
  public List<Layer> layers() {
    List<Layer> layers = new ArrayList<>();
    layers.add(convolution("0", INPUT, stemWidth(), 1));
    for (int i = 0; i < depth(); i++) {
      addBlock(layers, 1 + 2 * i, blocks.get(i), blockWidth(i));
      layers.add(new Layer.Dropout(String.valueOf(2 + 2 * i), outputOf(layers), BLOCK_DROPOUT));
    }
    addHead(layers, 1 + 2 * depth());
    return Collections.unmodifiableList(layers);
  }

  /** The inputs of the first linear layer: what the convolutions hand to the head. */
  public int features() {
    return layers().stream()
        .filter(Layer.Flatten.class::isInstance)
        .mapToInt(layer -> layer.output().channels())
        .findFirst()
        .orElseThrow();
  }

  /** The trained parameters of the whole network. */
  public long parameters() {
    return layers().stream().mapToLong(Layer::parameters).sum();
  }

  /** Floating-point operations of one image's forward pass; see {@link Layer#flops()}. */
  public long flops() {
    return layers().stream().mapToLong(Layer::flops).sum();
  }

  private void addBlock(List<Layer> layers, int index, BlockType type, int width) {
    int next = 0;
    if (type == BlockType.DOUBLE) {
      // At side 1 there is nothing left to halve: the convolution keeps the size.
      int stride = outputOf(layers).side() > 1 ? 2 : 1;
      layers.add(convolution(index + "." + next++, outputOf(layers), width, stride));
    }
    layers.add(convolution(index + "." + next++, outputOf(layers), width, 1));
    layers.add(new Layer.BatchNormalization(index + "." + next++, outputOf(layers)));
    layers.add(new Layer.Activation(index + "." + next++, outputOf(layers), activation));
    TensorShape shape = outputOf(layers);
    if (shape.side() > 1) {
      TensorShape pooled = TensorShape.of(width, shape.side() / 2, shape.side() / 2);
      layers.add(new Layer.MaxPool(index + "." + next, shape, pooled));
    }
  }

  private void addHead(List<Layer> layers, int index) {
    layers.add(new Layer.Flatten(String.valueOf(index), outputOf(layers)));
    int next = index + 1;
    for (int width : new int[] {HIDDEN_1, HIDDEN_2}) {
      TensorShape hidden = TensorShape.of(width);
      layers.add(new Layer.Linear(String.valueOf(next++), outputOf(layers), hidden));
      layers.add(new Layer.Activation(String.valueOf(next++), hidden, ActivationFunction.RELU));
      layers.add(new Layer.Dropout(String.valueOf(next++), hidden, HEAD_DROPOUT));
    }
    layers.add(new Layer.Linear(String.valueOf(next), outputOf(layers), TensorShape.of(classes)));
  }

  private Layer convolution(String name, TensorShape input, int channels, int stride) {
    Layer.Padding padding =
        stride == 1 ? Layer.Padding.same(kernel) : Layer.Padding.symmetric((kernel - 1) / 2);
    int side = (input.side() + padding.before() + padding.after() - kernel) / stride + 1;
    return new Layer.Convolution(
        name, input, TensorShape.of(channels, side, side), kernel, stride, padding);
  }

  private static TensorShape outputOf(List<Layer> layers) {
    return layers.get(layers.size() - 1).output();
  }
}
