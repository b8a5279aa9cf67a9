package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import io.github.cnnevolution.report.CheckReport;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.StagedSpace;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingRecipe;
import io.github.cnnevolution.training.TrainingTrace;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checks of real trainings on the processor, and of such that are damaged on purpose. */
class DeviceCheckTest {
  private static final List<Architecture> FEW =
      Stream.of("plain-16x1-32x1-silu-d0.3", "inverted-16x1-32x1-se-gelu")
          .map(name -> StagedSpace.named("staged", name, Architecture.CLASSES))
          .toList();
  private static final long SEED = 1;

  private static DeviceDataset images;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    ImageSet set = SyntheticImages.generate(SEED, 1, 1).train().first(32);
    images = DeviceDataset.of(set, Normalization.of(set), Devices.cpu());
  }

  @Test
  void theProcessorPasses() throws Exception {
    List<CheckResult> results = check(real -> real);
    assertEquals("", failures(results));
    List<String> names = results.stream().map(CheckResult::name).toList();
    assertTrue(
        names.containsAll(
            List.of("fp32", "same-seed", "neighbours", "stop", "out-of-memory", "memory")),
        names::toString);
    assertEquals(Devices.cpu().precisions().contains(Precision.BF16), names.contains("bf16"));
    assertEquals(new ArrayList<>(new TreeSet<>(names)).size(), names.size(), "a name twice");
  }

  /** The networks have each kind of layer, activation, pooling, kernel and block. */
  @Test
  void theNetworksHaveAllKindsOfLayers() {
    List<Architecture> all = CheckNetworks.all();
    assertEquals(12, all.size());
    Set<String> kinds =
        all.stream()
            .flatMap(network -> network.layers().stream())
            .map(layer -> layer.getClass().getSimpleName())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known =
        Stream.of(Layer.class.getPermittedSubclasses())
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(known, kinds);
  }

  @Test
  void aDeviceThatComputesNothingFailsEveryCheckWithThatReason() throws Exception {
    List<CheckResult> results =
        check(
            real ->
                damaged(
                    (network, precision, steps) ->
                        TrainingTrace.ofSameImages(network, images, recipe(precision), 0, 1),
                    (network, recorded) ->
                        TrainingTrace.ofSameImages(network, images, recipe(Precision.FP32), 0, 1)));
    for (CheckResult result : results) {
      assertEquals(CheckResult.Outcome.FAILED, result.outcome(), result::toString);
      assertTrue(
          result.detail().contains("the training did not change the weights"), result::toString);
    }
  }

  /** As if a kernel of another precision were wrong: its updates are half as large again. */
  @Test
  void wrongUpdatesOfOnePrecisionFailItsCheckAlone() throws Exception {
    ComputeDevice cpu = Devices.cpu();
    try (SyntheticTrainings real = new SyntheticTrainings(cpu)) {
      CheckTrainings wrong =
          damaged(
              (network, precision, steps) ->
                  TrainingTrace.ofSameImages(network, images, recipe(precision), steps, 0.003),
              (network, recorded) -> null);
      CpuReference right = new CpuReference(cpu, real, DeviceChecks.STEPS);
      DeviceChecks checks = new DeviceChecks(gpu(), wrong, right, FEW, CudaMathMode.DEFAULT);
      for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
        String line =
            assertThrows(CheckFailedException.class, () -> checks.learns(precision)).getMessage();
        assertTrue(line.contains("differ from fp32 of the cpu by"), line);
      }
    }
  }

  @Test
  void trainingsThatAreNotRepeatableFail() throws Exception {
    long[] seed = new long[1];
    String line =
        failure(
            real ->
                damaged(
                    sameImages(real),
                    (network, recorded) -> other(network.architecture(), ++seed[0])),
            DeviceChecks::sameSeed);
    assertTrue(line.contains("the same seed again differs") && line.contains("to the bit"), line);
  }

  @Test
  void trainingsThatDisturbEachOtherFail() throws Exception {
    AtomicInteger trainings = new AtomicInteger();
    String line =
        failure(
            real ->
                damaged(
                    sameImages(real),
                    (network, recorded) ->
                        trainings.incrementAndGet() > FEW.size()
                            ? other(network.architecture(), 2)
                            : train(real, network)),
            DeviceChecks::neighbours);
    assertTrue(line.contains("a training beside another one differs"), line);
  }

  @Test
  void aTrainingThatGoesOnAfterAStopFails() throws Exception {
    String line =
        failure(real -> listening(real, progress -> Thread.interrupted()), DeviceChecks::stop);
    assertTrue(line.contains("stopped after step 5 went on to step 10"), line);
  }

  @Test
  void memoryThatIsKeptFails() throws Exception {
    List<Network> kept = new ArrayList<>();
    String line =
        failure(
            real ->
                listening(
                    real,
                    progress -> {
                      if (progress.steps() == 1) {
                        kept.add(new Network(CheckNetworks.all().get(0), Devices.cpu(), SEED));
                      }
                    }),
            DeviceChecks::memory);
    kept.forEach(Network::close);
    assertTrue(line.contains("2 trainings of ") && line.contains(" kept "), line);
  }

  /** Recorded steps, computed by the processor in place of a GPU. */
  @Test
  void recordedStepsAgreeToTheBitOrWithinTheNoiseOfTheDevice() throws Exception {
    ComputeDevice cpu = Devices.cpu();
    try (SyntheticTrainings real = new SyntheticTrainings(cpu)) {
      CheckTrainings right = damaged(sameImages(real), (network, recorded) -> train(real, network));
      assertEquals("2 networks, equal to the bit", checks(right, true).recorded());
      assertTrue(checks(right, false).recorded().startsWith("2 networks, weights within 0e+00"));

      CheckTrainings wrong =
          damaged(
              sameImages(real),
              (network, recorded) ->
                  recorded ? other(network.architecture(), 2) : train(real, network));
      for (boolean exact : List.of(true, false)) {
        String line =
            assertThrows(CheckFailedException.class, checks(wrong, exact)::recorded).getMessage();
        assertTrue(line.contains("a training of recorded steps differs"), line);
      }
    }
  }

  @Test
  void theVerdictNamesWhatFailed() {
    List<CheckResult> results =
        List.of(
            new CheckResult("cpu", "fp32", CheckResult.Outcome.PASSED, "12 networks learn", 1),
            new CheckResult("gpu0", "recorded", CheckResult.Outcome.FAILED, "differs", 2.04),
            new CheckResult("cpu", "memory", CheckResult.Outcome.SKIPPED, "not told", 0));
    assertEquals("1 of 3 checks FAILED: gpu0 recorded", CheckReport.verdict(results));
    assertEquals(
        "gpu0   recorded                  FAILED     2.0 s  differs",
        CheckReport.line(results.get(1)));
    assertTrue(CheckReport.passed(List.of(results.get(0), results.get(2))));
    assertEquals(false, CheckReport.object(results).get("passed"));
  }

  private static List<CheckResult> check(Function<SyntheticTrainings, CheckTrainings> trainings)
      throws InterruptedException {
    return new DeviceCheck(FEW, trainings, result -> {}).results();
  }

  /** One check. */
  private interface Check {
    String run(DeviceChecks checks) throws CheckFailedException, InterruptedException;
  }

  /** The message with which a check of the processor fails. */
  private static String failure(Function<CheckTrainings, CheckTrainings> damage, Check check) {
    ComputeDevice cpu = Devices.cpu();
    try (SyntheticTrainings real = new SyntheticTrainings(cpu)) {
      CheckTrainings damaged = damage.apply(real);
      DeviceChecks checks =
          new DeviceChecks(
              cpu,
              damaged,
              new CpuReference(cpu, damaged, DeviceChecks.STEPS),
              FEW,
              CudaMathMode.DEFAULT);
      return assertThrows(CheckFailedException.class, () -> check.run(checks)).getMessage();
    }
  }

  private static DeviceChecks checks(CheckTrainings trainings, boolean deterministic) {
    return new DeviceChecks(
        gpu(),
        trainings,
        new CpuReference(Devices.cpu(), trainings, DeviceChecks.STEPS),
        FEW,
        new CudaMathMode(false, deterministic));
  }

  private static ComputeDevice gpu() {
    return new ComputeDevice(
        ComputeDevice.Kind.GPU,
        0,
        "pretended",
        EnumSet.of(Precision.FP32, Precision.BF16),
        Precision.BF16);
  }

  private static String failures(List<CheckResult> results) {
    return results.stream()
        .filter(result -> result.outcome() == CheckResult.Outcome.FAILED)
        .map(result -> result.device() + " " + result.name() + ": " + result.detail())
        .collect(Collectors.joining(", "));
  }

  private static TrainingRecipe recipe(Precision precision) {
    return TrainingRecipe.sgd(precision);
  }

  private static TrainingTrace train(CheckTrainings real, Network network)
      throws InterruptedException {
    return real.train(
        network.architecture(), Devices.cpu(), Precision.FP32, false, TrainingListener.NONE);
  }

  /** A training from other first weights. */
  private static TrainingTrace other(Architecture architecture, long seed)
      throws InterruptedException {
    try (Network network = new Network(architecture, Devices.cpu(), seed)) {
      return TrainingTrace.ofSameImages(network, images, recipe(Precision.FP32), 2, 0.01);
    }
  }

  private static SameImages sameImages(CheckTrainings real) {
    return (network, precision, steps) ->
        real.sameImages(network.architecture(), Devices.cpu(), precision, steps);
  }

  private interface SameImages {
    TrainingTrace train(Network network, Precision precision, int steps)
        throws InterruptedException;
  }

  private interface Training {
    TrainingTrace train(Network network, boolean recorded) throws InterruptedException;
  }

  /** Trains on the processor, whatever the device. */
  private static CheckTrainings damaged(SameImages sameImages, Training training) {
    return new CheckTrainings() {
      @Override
      public TrainingTrace sameImages(
          Architecture architecture, ComputeDevice device, Precision precision, int steps)
          throws InterruptedException {
        try (Network network = new Network(architecture, Devices.cpu(), SEED)) {
          return sameImages.train(network, precision, steps);
        }
      }

      @Override
      public TrainingTrace train(
          Architecture architecture,
          ComputeDevice device,
          Precision precision,
          boolean recorded,
          TrainingListener listener)
          throws InterruptedException {
        try (Network network = new Network(architecture, Devices.cpu(), SEED)) {
          return training.train(network, recorded);
        }
      }
    };
  }

  /** The real trainings, with one more listener. */
  private static CheckTrainings listening(CheckTrainings real, TrainingListener more) {
    return new CheckTrainings() {
      @Override
      public TrainingTrace sameImages(
          Architecture architecture, ComputeDevice device, Precision precision, int steps)
          throws InterruptedException {
        return real.sameImages(architecture, device, precision, steps);
      }

      @Override
      public TrainingTrace train(
          Architecture architecture,
          ComputeDevice device,
          Precision precision,
          boolean recorded,
          TrainingListener listener)
          throws InterruptedException {
        return real.train(
            architecture,
            device,
            precision,
            recorded,
            progress -> {
              listener.onProgress(progress);
              more.onProgress(progress);
            });
      }
    };
  }
}
