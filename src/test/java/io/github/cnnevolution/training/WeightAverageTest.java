package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightAverageTest {
  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  private static Tensor filled(double value) {
    return torch.full(new long[] {3}, new Scalar(value), Devices.cpu().tensor(ScalarType.Float));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.99})
  void isTheMovingAverageWithAShortBeginning(double decay) {
    try (PointerScope scope = new PointerScope()) {
      Tensor weight = filled(2);
      try (WeightAverage average = new WeightAverage(List.of(weight), decay)) {
        double expected = 2;
        for (int step = 0; step < 30; step++) {
          weight.fill_(new Scalar((double) step * step));
          average.add(step);
          double now = Math.min(decay, (1.0 + step) / (10.0 + step));
          expected = now * expected + (1 - now) * step * step;
        }
        average.swap();
        assertEquals(expected, weight.mean().item_double(), 1e-3);
        average.swap();
        assertEquals(29 * 29, weight.mean().item_double());
      }
    }
  }

  @Test
  void withoutDecayThereIsNone() {
    try (PointerScope scope = new PointerScope()) {
      Tensor weight = filled(2);
      try (WeightAverage average = new WeightAverage(List.of(weight), 0)) {
        weight.fill_(new Scalar(7));
        average.add(0);
        average.swap();
        assertEquals(7, weight.mean().item_double());
        assertTrue(average.averages().isEmpty());
      }
    }
  }
}
