package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
  private static ComputeDevice cpu;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
  }

  /**
   * The number of zeros is binomial. With n = 1,000,000 its deviation is at most 500, and 5
   * deviations are exceeded with probability 6e-7; drawing with p off by 1/256 would move the mean
   * by 3,900.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.5})
  void zeroesTheGivenShareAndScalesTheRest(double probability) {
    int n = 1_000_000;
    try (PointerScope scope = new PointerScope();
        Dropout dropout = new Dropout(cpu, 11)) {
      Tensor output = dropout.apply(torch.ones(new long[] {n}), probability);
      double zeros =
          n - (double) output.count_nonzero(new org.bytedeco.pytorch.LongOptional()).item_long();
      double deviation = Math.sqrt(n * probability * (1 - probability));
      assertEquals(n * probability, zeros, 5 * deviation);
      assertEquals(1 / (1 - probability), output.max().item_double(), 1e-6);
      // Whatever is not zero has the one scaled value.
      assertEquals(
          (n - zeros) / (1 - probability),
          output.sum(new org.bytedeco.pytorch.ScalarTypeOptional(ScalarType.Double)).item_double(),
          1);
    }
  }

  /** A recording draws for all its calls at once what they would have drawn one by one. */
  @Test
  void aRecordingDrawsFromTheSameSequence() {
    try (PointerScope scope = new PointerScope();
        Dropout plain = new Dropout(cpu, 11);
        Dropout recorded = new Dropout(cpu, 11)) {
      Tensor large = torch.ones(new long[] {1001});
      Tensor small = torch.ones(new long[] {77});
      try (Dropout recording = recorded.forRecording()) {
        recording.apply(large, 0.25);
        recording.apply(small, 0.5);
        assertEquals(1001, recording.apply(large, 0.5).numel(), "nothing is drawn by a call");
        for (int replay = 0; replay < 2; replay++) {
          recording.draw();
          plain.apply(large, 0.25);
          plain.apply(small, 0.5);
          plain.apply(large, 0.5);
        }
      }
      assertTrue(plain.apply(large, 0.5).equal(recorded.apply(large, 0.5)));
    }
  }

  /**
   * Neighbours share random words, so their independence is worth a look: 2 x 2 table, chi-squared
   * with 1 degree.
   */
  @Test
  void neighboursAreIndependent() {
    int n = 1_000_000;
    try (PointerScope scope = new PointerScope();
        Dropout dropout = new Dropout(cpu, 12)) {
      Tensor kept =
          dropout.apply(torch.ones(new long[] {n}), 0.5).gt(new Scalar(0f)).to(ScalarType.Float);
      for (int lag : new int[] {1, 2, 8, 9}) {
        double both =
            kept.narrow(0, 0, n - lag).mul(kept.narrow(0, lag, n - lag)).sum().item_double();
        // Both kept: binomial with p = 1/4, deviation 433; positively or negatively tied neighbours
        // move it by 1e5.
        assertEquals((n - lag) / 4.0, both, 5 * 433, "lag " + lag);
      }
    }
  }

  @Test
  void followsItsSeedAndNothingElse() {
    try (PointerScope scope = new PointerScope();
        Dropout first = new Dropout(cpu, 1);
        Dropout same = new Dropout(cpu, 1);
        Dropout other = new Dropout(cpu, 2)) {
      Tensor ones = torch.ones(new long[] {1000});
      Tensor a = first.apply(ones, 0.5);
      torch.manual_seed(99);
      torch.rand(new long[] {10});
      assertTrue(a.equal(same.apply(ones, 0.5)));
      assertFalse(a.equal(other.apply(ones, 0.5)));
      assertFalse(a.equal(first.apply(ones, 0.5)), "each call draws anew");
    }
  }

  @Test
  void keepsTypeAndMemoryFormatAndBackpropagatesTheMask() {
    try (PointerScope scope = new PointerScope();
        Dropout dropout = new Dropout(cpu, 3)) {
      Tensor input =
          torch
              .ones(new long[] {2, 5, 3, 3})
              .contiguous(MemoryFormat.ChannelsLast)
              .set_requires_grad(true);
      Tensor output = dropout.apply(input, 0.25);
      assertTrue(output.is_contiguous(MemoryFormat.ChannelsLast));
      output.sum().backward();
      assertTrue(
          input.grad().equal(output.detach()),
          "the input is 1, so gradient and output are both the mask");
      Tensor half = dropout.apply(input.detach().to(ScalarType.BFloat16), 0.5);
      assertEquals(ScalarType.BFloat16, half.scalar_type().intern());
    }
  }
}
