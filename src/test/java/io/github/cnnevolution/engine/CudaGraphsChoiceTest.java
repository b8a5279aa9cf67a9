package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.StagedSpace;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingRecipe;
import io.github.cnnevolution.training.TrainingTrace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice whether steps are recorded; the processor trains in place of GPUs. */
class CudaGraphsChoiceTest {
  private static final CudaMathMode EXACT = new CudaMathMode(false, true);
  private static final List<Architecture> NETWORKS =
      List.of(StagedSpace.named("staged", "inverted-16x1-32x1-se-gelu", Architecture.CLASSES));
  private static final double RIGHT = 0.01;

  private static DeviceDataset images;

  @TempDir private Path directory;
  private Path file;
  private final List<String> notices = new ArrayList<>();
  private int checks;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    ImageSet set = SyntheticImages.generate(1, 1, 1).train().first(16);
    images = DeviceDataset.of(set, Normalization.of(set), Devices.cpu());
  }

  @BeforeEach
  void file() {
    file = directory.resolve("remembered");
  }

  @Test
  void whatAgreesIsRecordedAndRemembered() throws Exception {
    assertTrue(decide(recordedWith(RIGHT), EXACT));
    assertTrue(decide(recordedWith(RIGHT), EXACT));
    assertEquals(List.of(), notices);
    assertEquals(1, checks, "checked although it is remembered");
  }

  @Test
  void whatDiffersIsNotRecordedAndThatIsRemembered() throws Exception {
    assertFalse(decide(recordedWith(RIGHT * 1.05), EXACT));
    assertFalse(decide(recordedWith(RIGHT * 1.05), EXACT));
    assertEquals(1, checks, "checked although it is remembered");
    assertEquals(2, notices.size(), notices::toString);
    assertEquals(notices.get(0), notices.get(1));
    assertTrue(
        notices
            .get(0)
            .startsWith(
                "training steps are not recorded (CUDA graphs): card, inverted-16x1-32x1-se-gelu: a training of recorded steps differs, weights by"),
        notices::toString);
  }

  /** A rate that is 5 % too high differs with the usual kernels too, and rounding does not. */
  @Test
  void withoutDeterministicKernelsRoundingIsNoDifference() throws Exception {
    assertFalse(decide(recordedWith(RIGHT * 1.05), CudaMathMode.DEFAULT));
    Files.delete(file);
    assertTrue(decide(recordedWith(RIGHT * 1.0001), CudaMathMode.DEFAULT));
    Files.delete(file);
    assertFalse(decide(recordedWith(RIGHT * 1.0001), EXACT));
  }

  @Test
  void aDeviceThatComputesNothingIsNotRecordedAndNothingIsRemembered() throws Exception {
    assertFalse(decide((recorded) -> trace(0, RIGHT), EXACT));
    assertTrue(
        notices.get(0).contains("the training did not change the weights"), notices::toString);
    assertFalse(Files.exists(file), "remembered");
    assertTrue(decide(recordedWith(RIGHT), EXACT), "not checked again");
  }

  @Test
  void replaysThatComputeNothingDiffer() throws Exception {
    assertFalse(decide(recorded -> trace(recorded ? 0 : 2, RIGHT), EXACT));
    assertTrue(Files.readString(file).contains("\tdiffers: "), Files.readString(file));
  }

  @Test
  void aCheckThatCannotBeMadeIsMadeAgain() throws Exception {
    Ways broken =
        recorded -> {
          if (recorded) {
            throw new IllegalStateException("CUDA error: operation not permitted\nmore");
          }
          return trace(2, RIGHT);
        };
    assertFalse(decide(broken, EXACT));
    assertTrue(
        notices.get(0).contains("card, CUDA error: operation not permitted;"), notices::toString);
    assertFalse(Files.exists(file), "remembered");
    assertTrue(decide(recordedWith(RIGHT), EXACT), "not checked again");
  }

  @Test
  void eachModelVersionArithmeticAndKindOfNetworkIsCheckedOnce() throws Exception {
    List<ComputeDevice> three = List.of(gpu(0, "card"), gpu(1, "card"), gpu(2, "other"));
    assertTrue(decide(three, "1", Precision.FP32, EXACT, NETWORKS));
    assertEquals(2, checks);
    assertTrue(decide(three.subList(0, 1), "2", Precision.FP32, EXACT, NETWORKS));
    assertEquals(3, checks);
    assertTrue(decide(three.subList(0, 1), "1", Precision.BF16, EXACT, NETWORKS));
    assertTrue(decide(three.subList(0, 1), "1", Precision.FP32, CudaMathMode.DEFAULT, NETWORKS));
    assertEquals(5, checks);
    List<Architecture> others =
        List.of(StagedSpace.named("staged", "plain-16x1-32x1-silu-d0.3", Architecture.CLASSES));
    assertTrue(decide(three.subList(0, 1), "1", Precision.FP32, EXACT, others));
    assertEquals(6, checks);
    assertTrue(decide(three, "1", Precision.FP32, EXACT, NETWORKS));
    assertEquals(6, checks, "checked although all is remembered");
  }

  @Test
  void aFileThatIsDamagedOrCannotBeUsedStopsNothing() throws Exception {
    Files.write(file, new byte[] {(byte) 0xff, 9, 10, 0, 9, 'a', 'g', 'r', 'e', 'e', 's'});
    assertTrue(decide(recordedWith(RIGHT), EXACT));
    assertTrue(decide(recordedWith(RIGHT), EXACT));
    assertEquals(1, checks, "the damaged file was not replaced");
    // Cut short in its only line.
    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() - 1));
    assertTrue(decide(recordedWith(RIGHT), EXACT));
    assertEquals(2, checks, "half a line counts");
    for (Path unusable : List.of(directory, directory.resolve("no/such/directory/file"))) {
      file = unusable;
      assertTrue(decide(recordedWith(RIGHT), EXACT));
    }
    assertEquals(4, checks);
  }

  @Test
  void theNetworksOfASpaceHaveItsKindsOfLayers() {
    List<Architecture> plain = RepresentativeNetworks.of(new PlainSpace());
    assertEquals(plain, RepresentativeNetworks.of(new PlainSpace()));
    assertEquals(4, plain.size());
    assertEquals(4, functions(plain).size());
    List<Architecture> residual = RepresentativeNetworks.of(SpaceFile.builtIn().get("residual"));
    assertTrue(residual.size() <= 4);
    assertEquals(
        Set.of("residual"), residual.stream().map(Architecture::space).collect(Collectors.toSet()));
    List<Layer> layers = residual.stream().flatMap(network -> network.layers().stream()).toList();
    assertTrue(layers.stream().anyMatch(Layer.Sum.class::isInstance));
    assertTrue(layers.stream().anyMatch(Layer.Scale.class::isInstance));
  }

  private static Set<Object> functions(List<Architecture> networks) {
    return networks.stream()
        .flatMap(network -> network.layers().stream())
        .filter(Layer.Activation.class::isInstance)
        .map(layer -> ((Layer.Activation) layer).function())
        .collect(Collectors.toSet());
  }

  private boolean decide(Ways ways, CudaMathMode mode) throws InterruptedException {
    return choice("1", ways)
        .decide(List.of(gpu(0, "card")), Precision.FP32, mode, NETWORKS, notices::add);
  }

  private boolean decide(
      List<ComputeDevice> gpus,
      String version,
      Precision precision,
      CudaMathMode mode,
      List<Architecture> networks)
      throws InterruptedException {
    return choice(version, recordedWith(RIGHT))
        .decide(gpus, precision, mode, networks, notices::add);
  }

  private CudaGraphsChoice choice(String version, Ways ways) {
    return new CudaGraphsChoice(
        new RememberedChecks(Optional.of(file)),
        gpu -> version,
        gpu -> {
          checks++;
          return trainings(ways);
        });
  }

  private static ComputeDevice gpu(int index, String name) {
    return new ComputeDevice(
        ComputeDevice.Kind.GPU,
        index,
        name,
        Set.of(Precision.FP32, Precision.BF16),
        Precision.BF16);
  }

  /** Trains with recorded steps or without. */
  private interface Ways {
    TrainingTrace train(boolean recorded) throws InterruptedException;
  }

  private static Ways recordedWith(double rate) {
    return recorded -> trace(2, recorded ? rate : RIGHT);
  }

  private static TrainingTrace trace(int steps, double rate) throws InterruptedException {
    try (Network network = new Network(NETWORKS.get(0), Devices.cpu(), 1)) {
      return TrainingTrace.ofSameImages(
          network, images, TrainingRecipe.sgd(Precision.FP32), steps, rate);
    }
  }

  private static CheckTrainings trainings(Ways ways) {
    return new CheckTrainings() {
      @Override
      public TrainingTrace sameImages(
          Architecture architecture, ComputeDevice device, Precision precision, int steps) {
        throw new AssertionError("not needed");
      }

      @Override
      public TrainingTrace train(
          Architecture architecture,
          ComputeDevice device,
          Precision precision,
          boolean recorded,
          TrainingListener listener)
          throws InterruptedException {
        return ways.train(recorded);
      }
    };
  }
}
