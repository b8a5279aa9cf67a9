package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.Precision;

/**
 * How far trainings may be apart that differ by rounding alone. From measurements on a processor
 * with the networks of {@link CheckNetworks}, which src/docs/gpu.md gives; the bounds leave room
 * for the other kernels of a GPU.
 *
 * @param losses of eight steps on the same images: the largest difference, as a fraction of them
 * @param weights after one step on the same images; a distance as {@link
 *     io.github.cnnevolution.training.TrainingTrace#distance} has it, as the others
 * @param repeated weights after ten steps on one device, whose kernels may add in another order
 *     each time. Another seed is above 0.4
 * @param replayed the same of recorded steps, where the device repeats itself. A rate that is 5 %
 *     too high is above 0.049
 */
record CheckTolerance(double losses, double weights, double repeated, double replayed) {
  private static final CheckTolerance FP32 = new CheckTolerance(1e-4, 0.01, 0.1, 0.005);
  private static final CheckTolerance TF32 = new CheckTolerance(2e-3, 0.15, 0.2, 0.01);
  private static final CheckTolerance BF16 = new CheckTolerance(5e-3, 0.3, 0.3, 0.02);
  private static final CheckTolerance FP16 = new CheckTolerance(2e-3, 0.15, 0.2, 0.01);

  /**
   * Those of a precision.
   *
   * @param tf32 whether float32 products round to TensorFloat-32, which has the fraction of fp16
   */
  static CheckTolerance of(Precision precision, boolean tf32) {
    return switch (precision) {
      case FP32 -> tf32 ? TF32 : FP32;
      case BF16 -> BF16;
      case FP16 -> FP16;
    };
  }
}
