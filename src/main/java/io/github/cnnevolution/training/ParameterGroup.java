package io.github.cnnevolution.training;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Parameters of a network that an optimizer treats alike.
 *
 * @param parameters float32 leaves in their final memory format; references
 * @param decays whether weight decay applies: to the weights of convolutions and linear layers, not
 *     to biases and normalisations (He et al. 2018, arXiv:1812.01187)
 */
public record ParameterGroup(List<Tensor> parameters, boolean decays) {
  /** Copies the list. */
  public ParameterGroup {
    parameters = List.copyOf(parameters);
  }
}
