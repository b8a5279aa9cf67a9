package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.testing.PythonProcess;
import io.github.cnnevolution.testing.PythonWithTorch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real PyTorch, with the exported Python source: the same scores and the same gradients. */
class StagedExportIT {
  private static final int IMAGES = 4;
  private static final Normalization NONE =
      new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25));

  @TempDir private Path directory;

  @Test
  void randomNetworksHaveTheScoresAndGradientsOfPyTorch() throws Exception {
    compare(24, 3);
  }

  @Test
  @Tag("nightly")
  void twoHundredRandomNetworksHaveTheScoresAndGradientsOfPyTorch() throws Exception {
    compare(160, 40);
  }

  private void compare(int narrow, int residual) throws Exception {
    PythonWithTorch python = PythonWithTorch.required();
    NativeRuntime.load(1);
    ComputeDevice cpu = Devices.cpu();
    List<Architecture> networks = new ArrayList<>(StagedNetworks.narrow(narrow, 3));
    networks.addAll(StagedNetworks.residual(residual, 400_000, 4));
    List<String> arguments = new ArrayList<>();
    try (PointerScope scope = new PointerScope()) {
      Tensor images =
          torch
              .arange(new Scalar(IMAGES * 3072f))
              .mul(new Scalar(0.37f))
              .sin()
              .view(IMAGES, 32, 32, 3)
              .permute(0, 3, 1, 2);
      Path file = directory.resolve("images.bin");
      write(file, images);
      arguments.add(file.toString());
      for (int i = 0; i < networks.size(); i++) {
        Path model = Files.createDirectory(directory.resolve("network" + i));
        export(networks.get(i), images.contiguous(MemoryFormat.ChannelsLast), model, cpu);
        arguments.add(model.toString());
      }
    }
    PythonProcess.Result result = python.run("check_gradients.py", arguments);
    System.out.println(result.output());
    assertEquals(0, result.code(), result.output());
    assertTrue(result.output().contains(networks.size() + " networks"), result.output());
  }

  private static void export(
      Architecture architecture, Tensor images, Path model, ComputeDevice cpu) throws IOException {
    try (PointerScope scope = new PointerScope();
        Network network = new Network(architecture, cpu, 7)) {
      try (AutoGradMode noGradients = new AutoGradMode(false)) {
        // So that running statistics, scales and shifts are not those of the beginning.
        network.forward(images.mul(new Scalar(1.5)), Optional.empty());
        for (Tensor parameter : network.parameters()) {
          if (parameter.dim() == 1) {
            parameter.add_(torch.linspace(new Scalar(-0.2), new Scalar(0.2), parameter.numel()));
          }
        }
      }
      try (Weights weights = new Weights(network)) {
        weights.write(model.resolve("best_model.pt"));
      }
      Files.writeString(
          model.resolve("network.py"), PythonSource.of(architecture, NONE, false, "[]"));
      try (AutoGradMode noGradients = new AutoGradMode(false)) {
        write(model.resolve("scores.bin"), network.infer(images));
      }
      // In float64: where a rectifier or a maximum turns, float32 takes either side by its
      // rounding.
      try (AutoGradMode noGradients = new AutoGradMode(false)) {
        network.state().stream()
            .map(NamedTensor::tensor)
            .filter(Tensor::is_floating_point)
            .forEach(tensor -> tensor.set_data(tensor.to(ScalarType.Double)));
      }
      Tensor exact = images.to(ScalarType.Double);
      network.forward(exact, Optional.empty()).square().mean().backward();
      List<Tensor> gradients =
          network.parameters().stream().map(p -> p.grad().to(ScalarType.Float)).toList();
      write(model.resolve("gradients.bin"), gradients.toArray(Tensor[]::new));
    }
  }

  private static void write(Path file, Tensor... tensors) throws IOException {
    long count = 0;
    for (Tensor tensor : tensors) {
      count += tensor.numel();
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(count * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    for (Tensor tensor : tensors) {
      float[] values = new float[Math.toIntExact(tensor.numel())];
      tensor.detach().contiguous().data_ptr_float().get(values);
      bytes.asFloatBuffer().put(values);
      bytes.position(bytes.position() + values.length * Float.BYTES);
    }
    Files.write(file, bytes.array());
  }
}
