package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.Augmentation;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.device.WorkRecorder;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.PlainSpace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Trainings whose steps are recorded once and replayed, to the bit equal to trainings without
 * recordings; on the CPU, where the replays compute.
 */
class ReplayedTrainingTest {
  private static final Architecture SMALL =
      PlainNetworks.decode(new Chromosome("00000000000000000000"));
  private static final int BATCHES = 4;
  private static final int EPOCHS = 4;
  private static final int BATCH_SIZE = 8;
  // Three steps before the first recording, and one after dropout ends.
  private static final int UNRECORDED = 3;

  private static ComputeDevice cpu;
  private static ImageSet images;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
    images = SyntheticImages.generate(1, 1, 1).train().first(BATCHES * BATCH_SIZE + 3);
  }

  private static DeviceDataset dataset() {
    return DeviceDataset.of(images, Normalization.of(images), cpu);
  }

  private static TrainingRecipe recipe(Precision precision) {
    return TrainingRecipe.sgd(precision).with(EPOCHS, BATCH_SIZE, 0.05);
  }

  private static Trainer trainer(TrainingRecipe recipe, DeviceDataset data, CpuRecorders graphs) {
    return new Trainer(recipe, data, ProfilerRanges.OFF, graphs);
  }

  /** Trains with and without recordings, and returns those that were made. */
  private static CpuRecorders assertTheSame(TrainingRecipe recipe, int parts)
      throws InterruptedException {
    CpuRecorders recorders = CpuRecorders.recording();
    try (DeviceDataset data = dataset();
        Network plain = new Network(SMALL, cpu, 1);
        Network replayed = new Network(SMALL, cpu, 1)) {
      CpuRecorders refusing = CpuRecorders.refusing();
      TrainingControls controls =
          new TrainingControls(
              Deadline.NONE, TrainingListener.NONE, Checkpoints.NONE, Optional.of(data));
      List<EpochMetrics> expected =
          trainer(recipe, data, refusing).train(plain, 7, parts, controls).epochs();
      assertEquals(List.of("nothing can be recorded"), refusing.warnings());
      assertEquals(0, refusing.launches());
      TrainingResult result = trainer(recipe, data, recorders).train(replayed, 7, parts, controls);
      assertEquals(List.of(), recorders.warnings());
      assertEquals(expected, result.epochs());
      assertSameState(plain, replayed);
      assertEquals(0, recorders.open() + refusing.open(), "not closed");
    }
    return recorders;
  }

  /** Dropout ends in the middle of an epoch; then the step is recorded again. */
  @ParameterizedTest
  @EnumSource
  void dropoutAndItsEnd(Precision precision) throws InterruptedException {
    CpuRecorders recorders = assertTheSame(recipe(precision).with(0.6, Augmentation.NONE, 0), 1);
    assertEquals(2, recorders.recordings());
    assertEquals(BATCHES * EPOCHS - UNRECORDED - 1, recorders.launches());
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void cutoutMixupAndTheAverage(Precision precision) throws InterruptedException {
    CpuRecorders recorders =
        assertTheSame(recipe(precision).with(1, new Augmentation(8, 0.5), 0.9), 1);
    assertEquals(1, recorders.recordings());
    assertEquals(BATCHES * EPOCHS - UNRECORDED, recorders.launches());
  }

  /** Its learning rate is read from memory, too. */
  @ParameterizedTest
  @EnumSource
  void orthogonalMomentum(Precision precision) throws InterruptedException {
    CpuRecorders recorders =
        assertTheSame(
            TrainingRecipe.defaults(OptimizerKind.MUON, new PlainSpace(), precision)
                .with(EPOCHS, BATCH_SIZE, 0.05)
                .with(0, Augmentation.NONE, 0),
            1);
    assertEquals(1, recorders.recordings());
  }

  @ParameterizedTest
  @EnumSource
  void microBatches(Precision precision) throws InterruptedException {
    CpuRecorders recorders =
        assertTheSame(recipe(precision).with(0.6, new Augmentation(0, 0.5), 0.9), 3);
    assertEquals(2, recorders.recordings());
  }

  /** It records again, from its first step on with other numbers than a whole training. */
  @ParameterizedTest
  @EnumSource
  void onFromACheckpoint(Precision precision, @TempDir Path directory) throws InterruptedException {
    TrainingRecipe recipe = recipe(precision).with(0.7, new Augmentation(8, 0.5), 0.9);
    CheckpointFile file = new CheckpointFile(directory.resolve("checkpoint.pt"));
    CpuRecorders recorders = CpuRecorders.recording();
    try (DeviceDataset data = dataset();
        Network whole = new Network(SMALL, cpu, 1);
        Network killed = new Network(SMALL, cpu, 1);
        Network later = new Network(SMALL, cpu, 99)) {
      List<EpochMetrics> expected =
          trainer(recipe, data, CpuRecorders.refusing()).train(whole, 7).epochs();
      IllegalStateException end = new IllegalStateException("killed");
      TrainingListener killer =
          progress -> {
            if (progress.steps() == 2 * BATCHES + 2) {
              throw end;
            }
          };
      Trainer trainer = trainer(recipe, data, recorders);
      assertSame(
          end,
          assertThrows(
              IllegalStateException.class,
              () -> trainer.train(killed, 7, 1, controls(killer, file))));
      assertEquals(0, recorders.open(), "not closed");
      TrainingResult result = trainer.train(later, 7, 1, controls(TrainingListener.NONE, file));
      assertEquals(expected, result.epochs());
      assertSameState(whole, later);
      // One in each part with dropout, and one after its end.
      assertEquals(3, recorders.recordings());
    }
  }

  private static TrainingControls controls(TrainingListener listener, Checkpoints checkpoints) {
    return new TrainingControls(Deadline.NONE, listener, checkpoints, Optional.empty());
  }

  private static void assertSameState(Network expected, Network actual) {
    for (int i = 0; i < expected.state().size(); i++) {
      assertTrue(
          expected.state().get(i).tensor().equal(actual.state().get(i).tensor()),
          expected.state().get(i).name());
    }
  }

  /** Work with what a graph would not notice. */
  private static final class Work implements Runnable {
    private final Tensor sum = torch.zeros(new long[] {1});
    private Tensor summand = torch.ones(new long[] {1});
    private double factor = 1;
    private boolean drawing;
    private final GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(1));

    @Override
    public void run() {
      sum.add_(summand.mul(new Scalar(factor)));
      if (drawing) {
        summand.mul(new Scalar(0)).uniform_(0, 1, generator);
      }
    }
  }

  /** The tests above cannot find what the recorder of the CPU does not find. */
  @Test
  void aRecordingHoldsValuesAndAddresses() throws InterruptedException {
    try (PointerScope scope = new PointerScope()) {
      Work work = new Work();
      WorkRecorder recorder = CpuRecorders.recording().recorder(cpu, 0);
      recorder.record(work);
      assertEquals(0, work.sum.item_double(), "recording computes nothing");
      assertThrows(AssertionError.class, recorder::launch, "with an open pool");
      recorder.closePool();
      recorder.launch();
      work.summand.add_(new Scalar(2));
      recorder.launch();
      assertEquals(1 + 3, work.sum.item_double(), "memory may change");

      work.factor = 2;
      AssertionError number = assertThrows(AssertionError.class, recorder::launch);
      assertTrue(number.getMessage().contains("factor=2.0, recorded as 1.0"), number::getMessage);
      work.factor = 1;
      work.summand = torch.ones(new long[] {1});
      AssertionError address = assertThrows(AssertionError.class, recorder::launch);
      assertTrue(address.getMessage().contains("summand"), address::getMessage);
      assertEquals(1 + 3, work.sum.item_double());

      work.drawing = true;
      recorder.openPool();
      AssertionError random = assertThrows(AssertionError.class, () -> recorder.record(work));
      assertFalse(random.getMessage().contains("factor"), random::getMessage);
    }
  }
}
