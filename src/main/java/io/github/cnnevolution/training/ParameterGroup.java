package io.github.cnnevolution.training;

import io.github.cnnevolution.text.Text;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Parameters of a network that an optimizer treats alike.
 *
 * @param parameters float32 leaves in their final memory format; references
 * @param convolutionGroups of each parameter, the groups of the convolution whose weight it is; 1
 *     for others
 * @param decays whether weight decay applies: to the weights of convolutions and linear layers, not
 *     to biases and normalisations (He et al. 2018, arXiv:1812.01187)
 */
public record ParameterGroup(
    List<Tensor> parameters, List<Integer> convolutionGroups, boolean decays) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if they are not equally long
   */
  public ParameterGroup {
    parameters = List.copyOf(parameters);
    convolutionGroups = List.copyOf(convolutionGroups);
    if (parameters.size() != convolutionGroups.size()) {
      throw new IllegalArgumentException(
          Text.format(
              "%d parameters, but groups of %d", parameters.size(), convolutionGroups.size()));
    }
  }

  /** Parameters of which none is the weight of a convolution with groups. */
  public ParameterGroup(List<Tensor> parameters, boolean decays) {
    this(parameters, Collections.nCopies(parameters.size(), 1), decays);
  }
}
