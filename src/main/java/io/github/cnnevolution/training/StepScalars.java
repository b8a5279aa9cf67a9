package io.github.cnnevolution.training;

import org.bytedeco.pytorch.IValue;

/**
 * The numbers of one optimizer step, as LibTorch's fused kernels take them.
 *
 * @param learningRate a number, or on a GPU a float32 tensor of one element, which is read when the
 *     step is computed there
 * @param lossScale what gradients must be divided by, a scalar float32 tensor; None: they are not
 *     scaled
 * @param overflow 1 if a gradient overflowed and the step must change nothing, else 0: a scalar
 *     float32 tensor; None: gradients are not scaled
 */
public record StepScalars(IValue learningRate, IValue lossScale, IValue overflow) {}
