package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Batch;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.NamedTensor;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MasterWeightsTest {
  private static final Architecture ARCHITECTURE =
      PlainNetworks.decode(new Chromosome("00001000000010000000"));
  private static final int BATCH = 40;

  private static ComputeDevice cpu;
  private static ImageSet images;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
    images = SyntheticImages.generate(1, 1, 1).train().first(BATCH);
  }

  private static DeviceDataset dataset() {
    return DeviceDataset.of(images, Normalization.of(images), cpu);
  }

  /**
   * The same arithmetic as float32 weights under autocast, so the same weights after three steps.
   *
   * @param piece weights that are updated at a time, fewer than some rows have; 0 for all
   */
  @ParameterizedTest
  @CsvSource({
    "00001000000010000000, FP32, 0",
    "00001000000010000000, BF16, 0",
    "00001000000010000000, BF16, 100",
    "00001000000010000000, BF16, 1000000",
    // Whose stem is folded.
    "01001000000000000000, BF16, 0"
  })
  void equalsAutocastBitForBit(String bits, Precision precision, int piece) {
    Architecture architecture = PlainNetworks.decode(new Chromosome(bits));
    try (DeviceDataset data = dataset();
        Network plain = new Network(architecture, cpu, 1);
        Network copied = new Network(architecture, cpu, 1);
        SmoothedCrossEntropy entropy = new SmoothedCrossEntropy(cpu, 0.1, BATCH, 100);
        LossScaler scaler = new LossScaler(cpu, precision)) {
      try (NesterovSgd optimizer = Optimizers.nesterov(plain.parameters(), 0.9, 5e-4)) {
        for (int step = 0; step < 3; step++) {
          backward(plain, data.batch(0, BATCH), entropy, precision);
          Optimizers.step(optimizer, 0.05, scaler);
          plain.clearGradients();
        }
      }
      try (MasterWeights weights = new MasterWeights(copied, precision);
          NesterovSgd optimizer = new NesterovSgd(weights.groups(), 0.9, 5e-4);
          WeightUpdate update =
              piece == 0
                  ? new WholeUpdate(weights, optimizer, scaler)
                  : new PiecewiseUpdate(weights, optimizer, scaler, piece);
          IValue rate = new IValue(0.05)) {
        ScalarType expected = precision.scalarType();
        assertEquals(expected, copied.parameters().get(0).scalar_type().intern());
        for (int step = 0; step < 3; step++) {
          backward(copied, data.batch(0, BATCH), entropy, precision);
          update.collect(true);
          update.apply(rate);
          copied.clearGradients();
        }
      }
      assertSame(plain.parameters(), copied.parameters());
    }
  }

  /** All weights of convolutions and linear layers, and nothing else. */
  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void weightsOfConvolutionsAndLinearLayersDecay(Precision precision) {
    try (Network network = new Network(ARCHITECTURE, cpu, 1)) {
      List<String> names =
          network.state().stream()
              .filter(entry -> network.isMatmulParameter(entry.tensor()))
              .filter(entry -> entry.name().endsWith(".weight"))
              .map(NamedTensor::name)
              .toList();
      assertEquals(5, names.size(), names.toString());
      List<List<Long>> shapes =
          network.state().stream()
              .filter(entry -> names.contains(entry.name()))
              .map(entry -> Arrays.stream(entry.tensor().sizes().vec().get()).boxed().toList())
              .toList();
      try (MasterWeights weights = new MasterWeights(network, precision)) {
        ParameterGroup decaying = weights.groups().get(0);
        ParameterGroup others = weights.groups().get(1);
        assertTrue(decaying.decays() && !others.decays());
        assertEquals(
            shapes,
            decaying.parameters().stream()
                .map(p -> Arrays.stream(p.sizes().vec().get()).boxed().toList())
                .toList());
        assertTrue(others.parameters().stream().allMatch(p -> p.dim() == 1));
        assertEquals(
            network.parameters().size(), decaying.parameters().size() + others.parameters().size());
      }
    }
  }

  /** Where gradients are added up, or none are cast, there are no pieces. */
  @ParameterizedTest
  @CsvSource({"BF16, 1, true", "BF16, 2, false", "FP16, 1, false", "FP32, 1, false"})
  void isUpdatedInPiecesWhereThatCanBe(Precision precision, int parts, boolean expected) {
    try (Network network = new Network(ARCHITECTURE, cpu, 1);
        LossScaler scaler = new LossScaler(cpu, precision);
        MasterWeights weights = new MasterWeights(network, precision);
        NesterovSgd optimizer = new NesterovSgd(weights.groups(), 0.9, 5e-4);
        WeightUpdate update = WeightUpdate.of(cpu, weights, optimizer, scaler, parts)) {
      assertEquals(expected, update instanceof PiecewiseUpdate);
    }
  }

  @Test
  void addsUpTheGradientsOfParts() {
    try (DeviceDataset data = dataset();
        Network network = new Network(ARCHITECTURE, cpu, 1);
        SmoothedCrossEntropy entropy = new SmoothedCrossEntropy(cpu, 0.1, BATCH, 100);
        MasterWeights weights = new MasterWeights(network, Precision.BF16);
        PointerScope scope = new PointerScope()) {
      Batch batch = data.batch(0, BATCH);
      weights.makeGradients();
      backward(network, batch.part(0, 2), entropy, Precision.BF16);
      weights.collectGradients(true);
      Tensor first = weights.parameters().get(0).grad().clone();
      backward(network, batch.part(1, 2), entropy, Precision.BF16);
      Tensor second = network.parameters().get(0).grad().to(ScalarType.Float);
      weights.collectGradients(false);
      assertTrue(weights.parameters().get(0).grad().equal(first.add(second)));
      assertTrue(first.abs().sum().item_float() > 0 && second.abs().sum().item_float() > 0);
    }
  }

  private static void backward(
      Network network, Batch batch, SmoothedCrossEntropy entropy, Precision precision) {
    try (PointerScope scope = new PointerScope()) {
      Tensor scores;
      try (Autocast autocast = new Autocast(cpu, precision)) {
        scores = network.forward(batch.images(), Optional.empty()).to(ScalarType.Float);
      }
      entropy.of(scores, batch).backward();
    }
  }

  private static void assertSame(List<Tensor> expected, List<Tensor> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(ScalarType.Float, actual.get(i).scalar_type().intern());
      assertTrue(expected.get(i).equal(actual.get(i)), "parameter " + i);
    }
  }
}
