package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.PictureFile;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.network.Classifier;
import io.github.cnnevolution.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A trained network that classifies pictures, on the processor in float32. One thread uses it.
 * Closing frees its memory.
 */
public final class Prediction implements AutoCloseable {
  /** Pictures that go through the network together at most. */
  public static final int MAX_BATCH = 256;

  private final NativeRuntime.Lease runtime;
  private final Network network;
  private final Classifier classifier;

  private Prediction(NativeRuntime.Lease runtime, Network network, Classifier classifier) {
    this.runtime = runtime;
    this.network = network;
    this.classifier = classifier;
  }

  /**
   * What a picture shows.
   *
   * @param picture its file
   * @param probabilities of each class, in the order of the classes; empty if it cannot be read
   * @param error why it cannot be read, if so
   */
  public record Result(Path picture, Optional<float[]> probabilities, Optional<String> error) {}

  /**
   * Loads a model.
   *
   * @throws ModelException if its weights cannot be read
   */
  public static Prediction open(TrainedModel model) {
    LibTorch.requirePrepared();
    NativeRuntime.Lease runtime = NativeRuntime.lease();
    try {
      Network network = model.load();
      return new Prediction(
          runtime, network, new Classifier(network, model.facts().normalization(), Devices.cpu()));
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  /**
   * Classifies PNG or JPEG pictures of any size. One that cannot be read does not keep the others
   * from being classified.
   *
   * @return a result for each, in their order
   */
  public List<Result> classify(List<Path> pictures) {
    List<Result> results = new ArrayList<>();
    for (int from = 0; from < pictures.size(); from += MAX_BATCH) {
      results.addAll(batch(pictures.subList(from, Math.min(from + MAX_BATCH, pictures.size()))));
    }
    return results;
  }

  private List<Result> batch(List<Path> pictures) {
    List<Optional<String>> errors = new ArrayList<>();
    byte[] pixels = new byte[pictures.size() * ImageSet.PIXELS];
    int readable = 0;
    for (Path picture : pictures) {
      try {
        byte[] image = PictureFile.read(picture);
        System.arraycopy(image, 0, pixels, readable * ImageSet.PIXELS, image.length);
        readable++;
        errors.add(Optional.empty());
      } catch (IOException e) {
        errors.add(Optional.of(String.valueOf(e.getMessage())));
      }
    }
    List<float[]> probabilities =
        readable == 0
            ? List.of()
            : classifier.probabilities(
                new ImageSet(pixels, new byte[pictures.size()]).first(readable));
    List<Result> results = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < pictures.size(); i++) {
      results.add(
          new Result(
              pictures.get(i),
              errors.get(i).isPresent() ? Optional.empty() : Optional.of(probabilities.get(next++)),
              errors.get(i)));
    }
    return results;
  }

  @Override
  public void close() {
    network.close();
    runtime.close();
  }
}
