package io.github.cnnevolution.network;

import org.bytedeco.pytorch.Tensor;

/**
 * An entry of a state_dict.
 *
 * @param name the key that PyTorch gives it, such as {@code 1.1.running_mean}
 * @param tensor a reference; whoever handed it out owns it
 */
public record NamedTensor(String name, Tensor tensor) {}
