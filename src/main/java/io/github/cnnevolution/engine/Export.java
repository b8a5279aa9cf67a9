package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.OnnxFile;
import io.github.cnnevolution.network.PythonSource;
import io.github.cnnevolution.network.TorchScriptFile;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.space.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a trained model for other programs. All take images [N,3,32,32] and give scores
 * [N,classes] before the softmax.
 */
public final class Export {
  private Export() {}

  /**
   * The source of the network as a Python module that loads the weights.
   *
   * @param normalizes whether its networks take images as they are, and normalise them themselves
   */
  public static String python(TrainedModel model, boolean normalizes) {
    return PythonSource.of(
        model.facts().architecture(),
        model.facts().normalization(),
        normalizes,
        Json.value(model.facts().classes().names()));
  }

  /** What a program that uses the network must know of it, each as JSON. */
  private static Map<String, String> metadata(TrainedModel model, boolean normalizes) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("network", Json.value(model.facts().architecture().phenotype()));
    metadata.put("classes", Json.value(model.facts().classes().names()));
    metadata.put("mean", Json.value(model.facts().normalization().mean()));
    metadata.put("std", Json.value(model.facts().normalization().std()));
    metadata.put("normalizes", Json.value(normalizes));
    return metadata;
  }

  /**
   * Writes network and weights as TorchScript.
   *
   * @param normalizes whether it takes images as they are, and normalises them itself
   * @throws IOException if the file cannot be written; one that was there is untouched
   * @throws ModelException if the weights cannot be read
   */
  public static void torchScript(TrainedModel model, boolean normalizes, Path file)
      throws IOException {
    write(model, normalizes, file, TorchScriptFile::write);
  }

  /**
   * Writes network and weights as ONNX.
   *
   * @param normalizes whether it takes pixels as they are, uint8, and normalises them itself
   * @throws IOException if the file cannot be written; one that was there is untouched
   * @throws ModelException if the weights cannot be read
   */
  public static void onnx(TrainedModel model, boolean normalizes, Path file) throws IOException {
    write(model, normalizes, file, OnnxFile::write);
  }

  @FunctionalInterface
  private interface Format {
    void write(
        Architecture architecture,
        Weights weights,
        Optional<Normalization> normalization,
        Map<String, String> metadata,
        Path file)
        throws IOException;
  }

  private static void write(TrainedModel model, boolean normalizes, Path file, Format format)
      throws IOException {
    LibTorch.requirePrepared();
    Optional<Normalization> normalization =
        normalizes ? Optional.of(model.facts().normalization()) : Optional.empty();
    try (NativeRuntime.Lease runtime = NativeRuntime.lease();
        Network network = model.load();
        Weights weights = new Weights(network)) {
      format.write(
          network.architecture(), weights, normalization, metadata(model, normalizes), file);
    }
  }
}
