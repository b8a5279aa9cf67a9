package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixupTest {
  private static final int BATCH = 6;
  private static final int MEAN = 1;

  private static ComputeDevice cpu;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
  }

  private static Batch batch() {
    Tensor images =
        torch
            .arange(new Scalar(BATCH * 3 * 4 * 4), cpu.tensor(ScalarType.Float))
            .view(BATCH, 3, 4, 4)
            .contiguous(MemoryFormat.ChannelsLast);
    return new Batch(images, torch.arange(new Scalar(BATCH), cpu.tensor(ScalarType.Long)));
  }

  @Test
  void mixesEachImageWithThatOfTheReverseOrder() {
    try (PointerScope scope = new PointerScope();
        Mixup mixup = new Mixup(cpu, 0.7, 1)) {
      mixup.draw();
      Batch plain = batch();
      Batch mixed = mixup.apply(plain);
      double fraction = mixed.mixture().orElseThrow().fraction().item_double();
      for (int i = 0; i < BATCH; i++) {
        Tensor expected =
            plain
                .images()
                .select(0, i)
                .mul(new Scalar(1 - fraction))
                .add(plain.images().select(0, BATCH - 1 - i).mul(new Scalar(fraction)));
        assertTrue(mixed.images().select(0, i).allclose(expected, 1e-5, 1e-3, false));
        assertEquals(BATCH - 1 - i, mixed.mixture().get().labels().select(0, i).item_long());
      }
      assertTrue(mixed.images().is_contiguous(MemoryFormat.ChannelsLast));
    }
  }

  @Test
  void withoutAlphaNothingIsMixed() {
    try (PointerScope scope = new PointerScope();
        Mixup mixup = new Mixup(cpu, 0, 1)) {
      mixup.draw();
      Batch plain = batch();
      assertSame(plain, mixup.apply(plain));
    }
  }

  /** Mean 1/2 and variance 1 / (4 (2 alpha + 1)), those of Beta(alpha, alpha). */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 1, 4})
  void sharesAreBetaDistributed(double alpha) {
    int draws = 4000;
    double sum = 0;
    double squares = 0;
    try (Mixup mixup = new Mixup(cpu, alpha, 3)) {
      for (int i = 0; i < draws; i++) {
        try (PointerScope scope = new PointerScope()) {
          mixup.draw();
          double fraction = mixup.apply(batch()).mixture().orElseThrow().fraction().item_double();
          assertTrue(fraction >= 0 && fraction <= 1, "fraction " + fraction);
          sum += fraction;
          squares += (fraction - 0.5) * (fraction - 0.5);
        }
      }
    }
    double variance = 1 / (4 * (2 * alpha + 1));
    assertEquals(0.5, sum / draws, 5 * Math.sqrt(variance / draws));
    assertEquals(variance, squares / draws, 0.1 * variance);
  }

  /** The loss of a mixture is the mixture of the losses, held against LibTorch's cross-entropy. */
  @Test
  void theLossIsMixedAlike() {
    try (PointerScope scope = new PointerScope();
        Mixup mixup = new Mixup(cpu, 1, 5);
        SmoothedCrossEntropy entropy = new SmoothedCrossEntropy(cpu, 0.1, BATCH, 100)) {
      mixup.draw();
      Batch mixed = mixup.apply(batch());
      double fraction = mixed.mixture().orElseThrow().fraction().item_double();
      Tensor scores =
          torch
              .arange(new Scalar(BATCH * 100), cpu.tensor(ScalarType.Float))
              .view(BATCH, 100)
              .sin();
      double own = entropyOf(scores, mixed.labels());
      double other = entropyOf(scores, mixed.mixture().get().labels());
      double expected = (1 - fraction) * own + fraction * other;
      assertEquals(expected, entropy.of(scores, mixed).item_double(), 1e-5);
      assertTrue(Math.abs(own - other) > 1e-4, "the two losses differ");
      double parts =
          entropy.of(scores.narrow(0, 0, 3), mixed.part(0, 2)).item_double()
              + entropy.of(scores.narrow(0, 3, 3), mixed.part(1, 2)).item_double();
      assertEquals(expected, parts, 1e-5);
    }
  }

  private static double entropyOf(Tensor scores, Tensor labels) {
    return torch
        .cross_entropy_loss(scores, labels, new TensorOptional(), MEAN, -100, 0.1)
        .item_double();
  }
}
