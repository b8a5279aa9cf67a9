package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.device.Devices;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Held against LibTorch's own cross-entropy, value and gradient. */
class SmoothedCrossEntropyTest {
  private static final int BATCH = 50;
  private static final int MEAN = 1;

  @ParameterizedTest
  @CsvSource({
    "0, 1, 100",
    "0.1, 1, 100",
    "0.1, 3, 100",
    "0.5, 50, 100",
    "0.1, 3, 2",
    "0.1, 3, 1024",
    "0.1, 3, 1025",
    "0.5, 1, 3000"
  })
  void isTheCrossEntropyInPartsToo(double smoothing, int parts, int classes) {
    try (PointerScope scope = new PointerScope();
        SmoothedCrossEntropy entropy =
            new SmoothedCrossEntropy(Devices.cpu(), smoothing, BATCH, classes)) {
      GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(1));
      Tensor scores =
          torch.empty(new long[] {BATCH, classes}, new TensorOptions(ScalarType.Float), null);
      scores.normal_(0, 3, generator);
      Tensor labels = torch.empty(new long[] {BATCH}, new TensorOptions(ScalarType.Long), null);
      labels.random_(0, new LongOptional(classes), generator);

      Tensor theirs = scores.clone();
      theirs.set_requires_grad(true);
      Tensor expected =
          torch.cross_entropy_loss(theirs, labels, new TensorOptional(), MEAN, -100, smoothing);
      expected.backward();

      Tensor ours = scores.clone();
      ours.set_requires_grad(true);
      double loss = 0;
      for (int part = 0; part < parts; part++) {
        Batch micro = new Batch(ours, labels).part(part, parts);
        Tensor contribution = entropy.of(micro.images(), micro);
        contribution.backward();
        loss += contribution.item_float();
      }
      assertEquals(expected.item_float(), loss, 1e-5);
      assertArrayEquals(values(theirs.grad()), values(ours.grad()), 1e-7f);
    }
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[(int) tensor.numel()];
    tensor.<FloatBuffer>createBuffer().get(values);
    return values;
  }
}
