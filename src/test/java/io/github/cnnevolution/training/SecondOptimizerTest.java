package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Augmentation;
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
import io.github.cnnevolution.space.PlainSpace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An optimizer that only these tests know, named by a recipe and trained with as any other. */
class SecondOptimizerTest {
  private static final Architecture SMALL =
      PlainNetworks.decode(new Chromosome("00000000000000000000"));

  private static ComputeDevice cpu;
  private static ImageSet images;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
    images = SyntheticImages.generate(1, 2, 1).train();
  }

  private static DeviceDataset dataset(ImageSet set) {
    return DeviceDataset.of(set, Normalization.of(images), cpu);
  }

  private static TrainingRecipe recipe(Precision precision, int epochs, int batch, double rate) {
    return TrainingRecipe.sgd(precision).with(epochs, batch, rate).with(AdamW.Settings.DEFAULT);
  }

  static Stream<Arguments> optimizersInAllPrecisions() {
    return Stream.of(Precision.values())
        .flatMap(
            precision ->
                Stream.of(AdamW.Settings.DEFAULT, MuonSettings.DEFAULT)
                    .map(settings -> Arguments.of(settings, precision)));
  }

  /** Two steps by hand for a weight, which decays, and a bias, which does not. */
  @Test
  void theOptimizerFollowsItsFormula() {
    double rate = 0.1;
    double decay = 0.5;
    try (PointerScope scope = new PointerScope();
        LossScaler noScaler = new LossScaler(cpu, Precision.FP32)) {
      Tensor weight = torch.full(new long[] {1, 1}, new Scalar(2f)).set_requires_grad(true);
      Tensor bias = torch.full(new long[] {1}, new Scalar(2f)).set_requires_grad(true);
      double w = 2;
      double b = 2;
      double m = 0;
      double v = 0;
      try (AdamW optimizer =
          new AdamW(
              Optimizers.groups(List.of(weight, bias)),
              new AdamW.Settings(0.5, 0.75, 1e-8, decay))) {
        for (int step = 1; step <= 2; step++) {
          setGradient(weight, step);
          setGradient(bias, step);
          Optimizers.step(optimizer, rate, noScaler);
          m = 0.5 * m + 0.5 * step;
          v = 0.75 * v + 0.25 * step * step;
          double change =
              rate * m / (1 - Math.pow(0.5, step)) / Math.sqrt(v / (1 - Math.pow(0.75, step)));
          w = w * (1 - rate * decay) - change;
          b -= change;
          assertEquals(w, weight.item_double(), 1e-5, "weight after step " + step);
          assertEquals(b, bias.item_double(), 1e-5, "bias after step " + step);
        }
      }
    }
  }

  private static void setGradient(Tensor parameter, double gradient) {
    parameter.mutable_grad().reset();
    parameter.mul(new Scalar(gradient)).sum().backward();
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void learns(Precision precision) throws InterruptedException {
    ImageSet some = some(precision);
    assertLearns(recipe(precision, 40, some.size() / 4, 2e-3), some);
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void learnsWithOrthogonalMomentum(Precision precision) throws InterruptedException {
    ImageSet some = some(precision);
    TrainingRecipe muon = TrainingRecipe.defaults(OptimizerKind.MUON, new PlainSpace(), precision);
    assertLearns(muon.with(40, some.size() / 4, 0.15), some);
  }

  /** Without instructions for a format, a processor takes 25 times as long. */
  private static ImageSet some(Precision precision) {
    return cpu.precisions().contains(precision) ? images : images.first(40);
  }

  private static void assertLearns(TrainingRecipe recipe, ImageSet some)
      throws InterruptedException {
    try (DeviceDataset data = dataset(some);
        Network network = new Network(SMALL, cpu, 1)) {
      Trainer trainer = new Trainer(recipe, data);
      trainer.train(network, 1);
      double accuracy = trainer.accuracy(network, data);
      assertTrue(accuracy > 0.95, "accuracy " + accuracy);
    }
  }

  @Test
  void givesOtherWeightsThanTheDefault() throws InterruptedException {
    try (DeviceDataset data = dataset(images.first(40));
        Network adam = new Network(SMALL, cpu, 1);
        Network sgd = new Network(SMALL, cpu, 1)) {
      TrainingRecipe recipe = recipe(Precision.FP32, 1, 20, 1e-3);
      new Trainer(recipe, data).train(adam, 1);
      new Trainer(recipe.with(NesterovSettings.DEFAULT), data).train(sgd, 1);
      assertFalse(adam.parameters().get(0).equal(sgd.parameters().get(0)));
    }
  }

  /** The count of steps, which belongs to no weight, must come back too. */
  @ParameterizedTest
  @MethodSource("optimizersInAllPrecisions")
  void goesOnFromACheckpointToTheSameBits(
      OptimizerSettings settings, Precision precision, @TempDir Path directory)
      throws InterruptedException {
    TrainingRecipe recipe =
        recipe(precision, 3, 8, 1e-3).with(1, new Augmentation(8, 0.5), 0.9).with(settings);
    CheckpointFile file = new CheckpointFile(directory.resolve("checkpoint.pt"));
    try (DeviceDataset data = dataset(images.first(24));
        Network whole = new Network(SMALL, cpu, 1);
        Network killed = new Network(SMALL, cpu, 1);
        Network later = new Network(SMALL, cpu, 99)) {
      Trainer trainer = new Trainer(recipe, data);
      List<EpochMetrics> expected = trainer.train(whole, 7).epochs();
      IllegalStateException end = new IllegalStateException("killed");
      TrainingListener killer =
          progress -> {
            if (progress.steps() == 3 + 2) {
              throw end;
            }
          };
      assertSame(
          end,
          assertThrows(
              IllegalStateException.class,
              () -> trainer.train(killed, 7, 1, controls(killer, file))));
      TrainingResult result = trainer.train(later, 7, 1, controls(TrainingListener.NONE, file));
      assertEquals(expected, result.epochs());
      assertEquals(2 * 24, result.images(), "only the rest was trained");
      for (int i = 0; i < whole.state().size(); i++) {
        NamedTensor entry = whole.state().get(i);
        assertTrue(entry.tensor().equal(later.state().get(i).tensor()), entry.name());
      }
    }
  }

  private static TrainingControls controls(TrainingListener listener, CheckpointFile file) {
    return new TrainingControls(Deadline.NONE, listener, file, Optional.empty());
  }

  /** A step counts once, however many pieces it is done in. */
  @Test
  void piecesGiveTheBitsOfTheWhole() {
    try (DeviceDataset data = dataset(images.first(40));
        Network whole = new Network(SMALL, cpu, 1);
        Network pieces = new Network(SMALL, cpu, 1)) {
      train(whole, data, 0);
      train(pieces, data, 100);
      for (int i = 0; i < whole.parameters().size(); i++) {
        assertTrue(whole.parameters().get(i).equal(pieces.parameters().get(i)), "parameter " + i);
      }
    }
  }

  private static void train(Network network, DeviceDataset data, int piece) {
    try (PointerScope scope = new PointerScope();
        LossScaler scaler = new LossScaler(cpu, Precision.BF16);
        SmoothedCrossEntropy entropy = new SmoothedCrossEntropy(cpu, 0.1, 40, 100);
        MasterWeights weights = new MasterWeights(network, Precision.BF16);
        Optimizer optimizer = AdamW.Settings.DEFAULT.create(weights.groups(), Precision.BF16);
        WeightUpdate update =
            piece == 0
                ? new WholeUpdate(weights, optimizer, scaler)
                : new PiecewiseUpdate(weights, optimizer, scaler, piece)) {
      for (int step = 0; step < 3; step++) {
        Batch batch = data.batch(0, 40);
        try (Autocast autocast = new Autocast(cpu, Precision.BF16)) {
          scaler.backward(
              entropy.of(
                  network.forward(batch.images(), Optional.empty()).to(torch.ScalarType.Float),
                  batch));
        }
        update.collect(true);
        update.apply(new IValue(1e-3));
        network.clearGradients();
      }
    }
  }

  /** An optimizer whose weights depend on each other must see them as a whole. */
  @Test
  void whatIsNotElementwiseIsNotUpdatedInPieces() {
    try (Network network = new Network(SMALL, cpu, 1);
        LossScaler scaler = new LossScaler(cpu, Precision.BF16);
        MasterWeights weights = new MasterWeights(network, Precision.BF16);
        Optimizer elementwise = AdamW.Settings.DEFAULT.create(weights.groups(), Precision.BF16);
        Optimizer coupled = new Coupled(elementwise);
        WeightUpdate inPieces = WeightUpdate.of(cpu, weights, elementwise, scaler, 1);
        WeightUpdate whole = WeightUpdate.of(cpu, weights, coupled, scaler, 1)) {
      assertTrue(inPieces instanceof PiecewiseUpdate);
      assertTrue(whole instanceof WholeUpdate);
    }
  }

  private record Coupled(Optimizer optimizer) implements Optimizer {
    @Override
    public List<OptimizerGroup> groups() {
      return optimizer.groups();
    }

    @Override
    public List<NamedTensor> state() {
      return optimizer.state();
    }

    @Override
    public boolean isElementwise() {
      return false;
    }

    @Override
    public void update(OptimizerGroup.Portion portion, StepScalars scalars) {
      optimizer.update(portion, scalars);
    }

    @Override
    public void close() {
      // The other one is closed by whoever made it.
    }
  }
}
