package io.github.cnnevolution.space;

/**
 * One layer of a decoded network: its place in the nested {@code nn.Sequential}, its shapes and
 * what it costs.
 *
 * <p>The name is the path that PyTorch gives the layer, {@code 0} or {@code 1.2}; with {@code
 * .weight} appended it is a key of the saved state_dict. Shapes leave out the batch dimension.
 */
public sealed interface Layer {
  /** The path of the layer in the network, such as {@code 1.0}. */
  String name();

  /** The shape of one image's input. */
  TensorShape input();

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
   * A convolution with bias.
   *
   * @param stride 1 or 2
   * @param padding zeros on each side
   */
  record Convolution(
      String name, TensorShape input, TensorShape output, int kernel, int stride, Padding padding)
      implements Layer {
    @Override
    public long parameters() {
      return (long) output.channels() * (1 + input.channels() * kernel * kernel);
    }

    @Override
    public long flops() {
      return 2L * kernel * kernel * input.channels() * output.elements();
    }

    @Override
    public String description() {
      return "Conv2d(%d, %d, %d, stride %d, padding %s)"
          .formatted(input.channels(), output.channels(), kernel, stride, padding);
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
    public TensorShape output() {
      return input;
    }

    @Override
    public long parameters() {
      return 2L * input.channels();
    }

    @Override
    public String description() {
      return "BatchNorm2d(%d)".formatted(input.channels());
    }
  }

  /** An elementwise nonlinearity. */
  record Activation(String name, TensorShape input, ActivationFunction function) implements Layer {
    @Override
    public TensorShape output() {
      return input;
    }

    @Override
    public String description() {
      return function.torchName();
    }
  }

  /** The maximum over windows of 2 x 2, stride 2. */
  record MaxPool(String name, TensorShape input, TensorShape output) implements Layer {
    @Override
    public String description() {
      return "MaxPool2d(2)";
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
    public TensorShape output() {
      return input;
    }

    @Override
    public String description() {
      return "Dropout(%s)".formatted(probability);
    }
  }

  /** [C, H, W] to [C * H * W], channels outermost. */
  record Flatten(String name, TensorShape input) implements Layer {
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
    public long parameters() {
      return (long) output.channels() * (1 + input.channels());
    }

    @Override
    public long flops() {
      return 2L * input.channels() * output.channels();
    }

    @Override
    public String description() {
      return "Linear(%d, %d)".formatted(input.channels(), output.channels());
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
    static Padding same(int kernel) {
      int before = (kernel - 1) / 2;
      return new Padding(before, kernel - 1 - before);
    }

    /** As many zeros before as after. */
    static Padding symmetric(int zeros) {
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
