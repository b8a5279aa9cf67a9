package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NesterovSgdTest {
  private static LossScaler noScaler;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    noScaler = new LossScaler(Devices.cpu(), Precision.FP32);
  }

  @AfterAll
  static void close() {
    noScaler.close();
  }

  /**
   * Three steps of the documented formula, computed by hand for one weight and one bias with
   * gradients 1, 2, 3.
   */
  @Test
  void followsTheFormula() {
    double momentum = 0.9;
    double decay = 0.1;
    double[] rates = {0.5, 0.25, 0.125};
    try (PointerScope scope = new PointerScope()) {
      Tensor weight = torch.full(new long[] {1, 1}, new Scalar(2f)).set_requires_grad(true);
      Tensor bias = torch.full(new long[] {1}, new Scalar(2f)).set_requires_grad(true);
      double w = 2;
      double wVelocity = 0;
      double b = 2;
      double bVelocity = 0;
      try (NesterovSgd optimizer = Optimizers.nesterov(List.of(weight, bias), momentum, decay)) {
        for (int step = 0; step < 3; step++) {
          double gradient = step + 1;
          setGradient(weight, gradient);
          setGradient(bias, gradient);
          Optimizers.step(optimizer, rates[step], noScaler);

          double decayed = gradient + decay * w;
          wVelocity = momentum * wVelocity + decayed;
          w -= rates[step] * (decayed + momentum * wVelocity);
          bVelocity = momentum * bVelocity + gradient;
          b -= rates[step] * (gradient + momentum * bVelocity);
          assertEquals(w, weight.item_double(), 1e-5, "weight after step " + step);
          assertEquals(b, bias.item_double(), 1e-5, "bias after step " + step);
        }
      }
    }
  }

  /** What is recorded for a GPU finds its learning rate in a tensor. */
  @Test
  void takesTheRateFromATensorToo() {
    float rate = 0.1f;
    try (PointerScope scope = new PointerScope()) {
      Tensor a = torch.full(new long[] {3, 1}, new Scalar(2f)).set_requires_grad(true);
      Tensor b = torch.full(new long[] {3, 1}, new Scalar(2f)).set_requires_grad(true);
      try (NesterovSgd byNumber = Optimizers.nesterov(List.of(a), 0.9, 0.1);
          NesterovSgd byTensor = Optimizers.nesterov(List.of(b), 0.9, 0.1)) {
        for (int step = 1; step <= 3; step++) {
          setGradient(a, step);
          setGradient(b, step);
          Optimizers.step(byNumber, rate / step, noScaler);
          IValue onDevice =
              new IValue(torch.full(new long[] {1}, new Scalar((double) (rate / step))));
          WholeUpdate.step(byTensor, onDevice, noScaler);
        }
      }
      assertTrue(a.equal(b));
      assertTrue(a.max().item_double() < 2, "has not moved");
    }
  }

  /**
   * The fused kernel walks through memory: weight, gradient and velocity must have the same order.
   */
  @Test
  void treatsChannelsLastWeightsElementByElement() {
    try (PointerScope scope = new PointerScope()) {
      Tensor weight =
          torch
              .zeros(new long[] {4, 3, 2, 2})
              .contiguous(MemoryFormat.ChannelsLast)
              .set_requires_grad(true);
      Tensor factors = torch.arange(new Scalar(48f)).view(4, 3, 2, 2);
      try (NesterovSgd optimizer = Optimizers.nesterov(List.of(weight), 0.5, 0)) {
        for (int step = 0; step < 2; step++) {
          weight.mul(factors).sum().backward();
          Optimizers.step(optimizer, 1, noScaler);
          weight.mutable_grad().reset();
        }
      }
      // Velocities 1 and 1.5: steps of 1 + 0.5 * 1 and 1 + 0.5 * 1.5 gradients.
      assertEquals(0, weight.add(factors.mul(new Scalar(3.25f))).abs().max().item_double());
    }
  }

  /**
   * Gradients that carry the loss's scale give the same step; an overflow gives none and halves the
   * scale.
   */
  @Test
  void dividesByTheScaleAndLeavesOutOverflows() {
    try (PointerScope scope = new PointerScope();
        LossScaler scaler = new LossScaler(Devices.cpu(), Precision.FP16)) {
      Tensor weight = torch.full(new long[] {1, 1}, new Scalar(2f)).set_requires_grad(true);
      Tensor bias = torch.full(new long[] {1}, new Scalar(2f)).set_requires_grad(true);
      try (NesterovSgd optimizer = Optimizers.nesterov(List.of(weight, bias), 0.5, 0)) {
        scaler.backward(weight.mul(new Scalar(3f)).sum().add(bias.sum()));
        assertEquals(3 * 65536, weight.grad().item_double(), "the gradient carries the scale");
        Optimizers.step(optimizer, 0.1, scaler);
        assertEquals(2 - 0.1 * 3 * 1.5, weight.item_double(), 1e-6);
        assertEquals(2 - 0.1 * 1.5, bias.item_double(), 1e-6);
        assertEquals(65536, scale(scaler));

        double before = weight.item_double();
        setGradient(weight, 1);
        setGradient(bias, Double.POSITIVE_INFINITY);
        Optimizers.step(optimizer, 0.1, scaler);
        assertEquals(before, weight.item_double(), "one overflow leaves out the whole step");
        assertEquals(32768, scale(scaler));
      }
    }
  }

  private static double scale(LossScaler scaler) {
    return scaler.scalars(new IValue(0.1)).lossScale().toTensor().item_double();
  }

  private static void setGradient(Tensor parameter, double gradient) {
    parameter.mutable_grad().reset();
    try (AutoGradMode gradients = new AutoGradMode(true)) {
      parameter.mul(new Scalar(gradient)).sum().backward();
    }
  }
}
