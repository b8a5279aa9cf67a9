package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.Collections;
import java.util.List;

/**
 * One layer of a decoded network: its name, its shapes and what it costs.
 *
 * <p>The name is the path that PyTorch gives the layer, such as {@code 1.2} in nested {@code
 * nn.Sequential}s or {@code block1.conv}; with {@code .weight} appended it is a key of the saved
 * state_dict. Shapes leave out the batch dimension.
 *
 * <p>Whatever does something for each kind of layer implements {@link Cases}, so that the compiler
 * finds it when a kind is added.
 */
public sealed interface Layer {
  /** The path of the layer in the network, such as {@code 1.0}. */
  String name();

  /** The shape of one image's input; the first where the layer reads several tensors. */
  TensorShape input();

  /** The shapes of all tensors that the layer reads. */
  default List<TensorShape> inputs() {
    return List.of(input());
  }

  /** Returns what {@code cases} has for this kind of layer. */
  <R> R accept(Cases<R> cases);

  /**
   * Something for each kind of layer.
   *
   * @param <R> what comes out
   */
  interface Cases<R> {
    /** For a convolution. */
    R convolution(Convolution layer);

    /** For a batch normalisation. */
    R batchNormalization(BatchNormalization layer);

    /** For an elementwise nonlinearity. */
    R activation(Activation layer);

    /** For a max pooling. */
    R maxPool(MaxPool layer);

    /** For a maximum over the plane. */
    R globalMaxPool(GlobalMaxPool layer);

    /** For a mean over the plane. */
    R globalMeanPool(GlobalMeanPool layer);

    /** For a dropout. */
    R dropout(Dropout layer);

    /** For a change to one dimension. */
    R flatten(Flatten layer);

    /** For a fully connected layer. */
    R linear(Linear layer);

    /** For a sum of branches. */
    R sum(Sum layer);

    /** For a product with a gate. */
    R scale(Scale layer);
  }

  /** The shape of one image's output. */
  TensorShape output();

  /**
   * The layer as PyTorch would print it, such as {@code Conv2d(3, 64, 3, stride 1, padding same)}.
   */
  String description();

  /** The number of trained parameters; running statistics are not among them. */
  default long parameters() {
    return 0;
  }

  /**
   * Floating-point operations of the forward pass for one image: 2 for each multiply-add of a
   * convolution or linear layer, padded positions counted; the bias and every other layer count as
   * 0.
   */
  default long flops() {
    return 0;
  }

  /**
   * A convolution.
   *
   * @param stride at least 1
   * @param padding zeros on each side
   * @param bias whether it adds a bias; without one it is for a normalisation behind it, which
   *     would take the bias away again
   * @param groups into which the channels are split; each output reads those of its group alone
   *     (Krizhevsky et al. 2012). As many as there are channels make it depthwise.
   */
  record Convolution(
      String name,
      TensorShape input,
      TensorShape output,
      int kernel,
      int stride,
      Padding padding,
      boolean bias,
      int groups)
      implements Layer {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if the output does not have the side that follows from the
     *     others, or the groups do not divide the channels of input and output
     */
    public Convolution {
      int side = outputSide(input, kernel, stride, padding);
      if (output.side() != side) {
        throw new IllegalArgumentException(
            Text.format("convolution %s makes a side of %d, not %s", name, side, output));
      }
      if (groups < 1 || input.channels() % groups != 0 || output.channels() % groups != 0) {
        throw new IllegalArgumentException(
            Text.format(
                "convolution %s: %d groups do not divide %d and %d channels",
                name, groups, input.channels(), output.channels()));
      }
    }

    /** A convolution in which each output reads all channels. */
    public Convolution(
        String name,
        TensorShape input,
        TensorShape output,
        int kernel,
        int stride,
        Padding padding,
        boolean bias) {
      this(name, input, output, kernel, stride, padding, bias, 1);
    }

    /**
     * A convolution with bias that keeps the side ({@code padding='same'}) with stride 1, and
     * divides it by a larger stride with (k - 1) / 2 zeros around.
     */
    public static Convolution of(
        String name, TensorShape input, int channels, int kernel, int stride) {
      Padding padding = stride == 1 ? Padding.same(kernel) : Padding.symmetric((kernel - 1) / 2);
      int side = outputSide(input, kernel, stride, padding);
      TensorShape output = TensorShape.of(channels, side, side);
      return new Convolution(name, input, output, kernel, stride, padding, true);
    }

    /** This convolution without a bias. */
    public Convolution withoutBias() {
      return new Convolution(name, input, output, kernel, stride, padding, false, groups);
    }

    /** This convolution with its channels split into groups. */
    public Convolution grouped(int count) {
      return new Convolution(name, input, output, kernel, stride, padding, bias, count);
    }

    /** The channels that each output reads. */
    public int channelsPerGroup() {
      return input.channels() / groups;
    }

    /** Whether as many zeros are on all sides, or {@code padding='same'} puts them there. */
    boolean padsAsPyTorch() {
      return padding.isSymmetric() || (stride == 1 && padding.equals(Padding.same(kernel)));
    }

    private static int outputSide(TensorShape input, int kernel, int stride, Padding padding) {
      return (input.side() + padding.before() + padding.after() - kernel) / stride + 1;
    }

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.convolution(this);
    }

    @Override
    public long parameters() {
      return (long) output.channels() * ((bias ? 1 : 0) + channelsPerGroup() * kernel * kernel);
    }

    @Override
    public long flops() {
      return 2L * kernel * kernel * channelsPerGroup() * output.elements();
    }

    @Override
    public String description() {
      return Text.format(
          "Conv2d(%d, %d, %d, stride %d, padding %s%s%s)",
          input.channels(),
          output.channels(),
          kernel,
          stride,
          padding,
          groups == 1 ? "" : ", groups " + groups,
          bias ? "" : ", no bias");
    }

    /**
     * The part of the kernel that ever meets the image. On images smaller than the kernel the outer
     * rows and columns of weights only multiply zeros of the padding: a 7 x 7 kernel on a side of 1
     * is a 1 x 1 kernel. Leaving them out changes no result, and their gradient is 0 either way.
     */
    public EffectiveKernel effectiveKernel() {
      int first = kernel;
      int last = -1;
      for (int tap = 0; tap < kernel; tap++) {
        for (int out = 0; out < output.side(); out++) {
          int position = out * stride + tap - padding.before();
          if (position >= 0 && position < input.side()) {
            first = Math.min(first, tap);
            last = tap;
          }
        }
      }
      int count = last - first + 1;
      int before = padding.before() - first;
      int after = (output.side() - 1) * stride + count - input.side() - before;
      // Below 0 where the stride never reaches the last row: nothing needs to be added there.
      return new EffectiveKernel(first, count, new Padding(before, Math.max(after, 0)));
    }
  }

  /**
   * A square part of a convolution's kernel.
   *
   * @param first its first row, and column
   * @param count its rows, and columns
   * @param padding what it needs around the image for the same output
   */
  record EffectiveKernel(int first, int count, Padding padding) {}

  /**
   * Batch normalisation over N, H and W (Ioffe and Szegedy 2015, arXiv:1502.03167), with scale and
   * shift.
   */
  record BatchNormalization(String name, TensorShape input) implements Layer {
    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.batchNormalization(this);
    }

    @Override
    public TensorShape output() {
      return input;
    }

    @Override
    public long parameters() {
      return 2L * input.channels();
    }

    @Override
    public String description() {
      return Text.format("BatchNorm2d(%d)", input.channels());
    }
  }

  /** An elementwise nonlinearity. */
  record Activation(String name, TensorShape input, ActivationFunction function) implements Layer {
    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.activation(this);
    }

    @Override
    public TensorShape output() {
      return input;
    }

    @Override
    public String description() {
      return function.torchName();
    }
  }

  /**
   * The maximum over windows with stride 2.
   *
   * @param window their side: 2, or 3 with one row of padding around, which the maximum leaves out
   */
  record MaxPool(String name, TensorShape input, TensorShape output, int window) implements Layer {
    /**
     * Checks the window.
     *
     * @throws IllegalArgumentException if it is neither 2 nor 3
     */
    public MaxPool {
      if (window != 2 && window != 3) {
        throw new IllegalArgumentException(
            Text.format("max pooling %s has a window of 2 or 3, not %d", name, window));
      }
    }

    /** The pooling of planes of at least 2 x 2 over windows of 2 x 2. */
    public static MaxPool of(String name, TensorShape input) {
      return of(name, input, 2);
    }

    /** The pooling of planes of at least 2 x 2. */
    public static MaxPool of(String name, TensorShape input, int window) {
      int side = (input.side() + 2 * padding(window) - window) / 2 + 1;
      return new MaxPool(name, input, TensorShape.of(input.channels(), side, side), window);
    }

    private static int padding(int window) {
      return (window - 1) / 2;
    }

    /** Rows around the plane that no maximum counts. */
    public int padding() {
      return padding(window);
    }

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.maxPool(this);
    }

    @Override
    public String description() {
      return window == 2 ? "MaxPool2d(2)" : "MaxPool2d(3, stride 2, padding 1)";
    }
  }

  /** The maximum of each channel over the plane: [C, H, W] to [C]. */
  record GlobalMaxPool(String name, TensorShape input) implements Layer {
    @Override
    public TensorShape output() {
      return TensorShape.of(input.channels());
    }

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.globalMaxPool(this);
    }

    @Override
    public String description() {
      return "GlobalMaxPool()";
    }
  }

  /**
   * The mean of each channel over the plane: [C, H, W] to [C] (Lin et al. 2013, arXiv:1312.4400).
   */
  record GlobalMeanPool(String name, TensorShape input) implements Layer {
    @Override
    public TensorShape output() {
      return TensorShape.of(input.channels());
    }

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.globalMeanPool(this);
    }

    @Override
    public String description() {
      return "GlobalMeanPool()";
    }
  }

  /**
   * Zeroes elements at random in training and scales the others by 1 / (1 - p) (Srivastava et al.
   * 2014, JMLR 15).
   *
   * @param probability the share p of elements that are zeroed
   */
  record Dropout(String name, TensorShape input, double probability) implements Layer {
    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.dropout(this);
    }

    @Override
    public TensorShape output() {
      return input;
    }

    @Override
    public String description() {
      return Text.format("Dropout(%s)", probability);
    }
  }

  /** [C, H, W] to [C * H * W], channels outermost. */
  record Flatten(String name, TensorShape input) implements Layer {
    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.flatten(this);
    }

    @Override
    public TensorShape output() {
      return TensorShape.of(input.elements());
    }

    @Override
    public String description() {
      return "Flatten()";
    }
  }

  /** A fully connected layer with bias. */
  record Linear(String name, TensorShape input, TensorShape output) implements Layer {
    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.linear(this);
    }

    @Override
    public long parameters() {
      return (long) output.channels() * (1 + input.channels());
    }

    @Override
    public long flops() {
      return 2L * input.channels() * output.channels();
    }

    @Override
    public String description() {
      return Text.format("Linear(%d, %d)", input.channels(), output.channels());
    }
  }

  /**
   * The sum of tensors of the same shape, such as a block's output and its input (He et al. 2016,
   * arXiv:1512.03385).
   *
   * @param input the shape of each
   * @param branches how many, at least 2
   */
  record Sum(String name, TensorShape input, int branches) implements Layer {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if there are fewer than 2 branches
     */
    public Sum {
      if (branches < 2) {
        throw new IllegalArgumentException(
            Text.format("sum %s needs at least 2 branches, not %d", name, branches));
      }
    }

    @Override
    public List<TensorShape> inputs() {
      return Collections.nCopies(branches, input);
    }

    @Override
    public TensorShape output() {
      return input;
    }

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.sum(this);
    }

    @Override
    public String description() {
      return Text.format("Sum(%d)", branches);
    }
  }

  /**
   * Each channel times its gate, as in squeeze-and-excitation (Hu et al. 2018, arXiv:1709.01507).
   *
   * @param input what is scaled, [C, H, W]
   * @param gate a factor for each channel, [C] or [C, 1, 1]
   */
  record Scale(String name, TensorShape input, TensorShape gate) implements Layer {
    /**
     * Checks the shapes.
     *
     * @throws IllegalArgumentException if the gate has not one factor for each channel
     */
    public Scale {
      if (input.dimensions().size() != 3
          || gate.channels() != input.channels()
          || gate.elements() != input.channels()) {
        throw new IllegalArgumentException(
            Text.format("scale %s cannot multiply %s by %s", name, input, gate));
      }
    }

    @Override
    public List<TensorShape> inputs() {
      return List.of(input, gate);
    }

    @Override
    public TensorShape output() {
      return input;
    }

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.scale(this);
    }

    @Override
    public String description() {
      return "Scale()";
    }
  }

  /**
   * Zeros around an image.
   *
   * @param before rows above and columns to the left
   * @param after rows below and columns to the right
   */
  record Padding(int before, int after) {
    /**
     * PyTorch's {@code padding='same'} for stride 1: k - 1 zeros in all, (k - 1) / 2 of them
     * before, the rest after.
     */
    public static Padding same(int kernel) {
      int before = (kernel - 1) / 2;
      return new Padding(before, kernel - 1 - before);
    }

    /** As many zeros before as after. */
    public static Padding symmetric(int zeros) {
      return new Padding(zeros, zeros);
    }

    /** Whether both sides have as many zeros, which convolution kernels can add by themselves. */
    public boolean isSymmetric() {
      return before == after;
    }

    /** Whether there are none. */
    public boolean isNone() {
      return before == 0 && after == 0;
    }

    @Override
    public String toString() {
      return isSymmetric() ? String.valueOf(before) : before + "/" + after;
    }
  }
}
