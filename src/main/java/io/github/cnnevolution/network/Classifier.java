package io.github.cnnevolution.network;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.ComputeDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A trained network in use: images in, probabilities out, in float32.
 *
 * @param network trained; whoever made it closes it
 * @param normalization of the images that it was trained on
 * @param device that holds the network
 */
public record Classifier(Network network, Normalization normalization, ComputeDevice device) {
  /**
   * The probability of each class, for each image in its order: softmax of the scores.
   *
   * @param images in one batch; their labels are not looked at
   * @return an array for each, with a probability for each class
   */
  public List<float[]> probabilities(ImageSet images) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false);
        DeviceDataset batch = DeviceDataset.of(images, normalization, device)) {
      batch.await();
      Tensor scores = network.infer(batch.batch(0, batch.size()).images());
      int classes = network.architecture().classes();
      float[] all = new float[images.size() * classes];
      torch.softmax(scores, 1).cpu().contiguous().data_ptr_float().get(all);
      List<float[]> probabilities = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        probabilities.add(Arrays.copyOfRange(all, i * classes, (i + 1) * classes));
      }
      return probabilities;
    }
  }
}
