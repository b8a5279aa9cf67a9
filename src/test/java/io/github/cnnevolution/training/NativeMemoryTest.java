package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.ResidualTestSpace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Scanner;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Native memory stays flat. JavaCPP's collection of forgotten pointers is off and the Java heap is
 * resident from the start, so that a leak shows as growth of the process, again and again in every
 * window of steps. The Java compiler's own memory, which grows once in some window, is no leak: so
 * the flattest window decides.
 */
class NativeMemoryTest {
  private static final Architecture SMALL =
      PlainNetworks.decode(new Chromosome("00000000000000000000"));
  // The stem is folded into what follows in another form.
  private static final Architecture OF_PATCHES =
      PlainNetworks.decode(new Chromosome("01000000000010000000"));
  // Tensors with several readers.
  private static final Architecture GRAPH =
      new ResidualTestSpace().decode(new Chromosome("0010"), 100);
  private static final double MIB = 1 << 20;

  private static ComputeDevice cpu;
  private static ImageSet images;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
    images = SyntheticImages.generate(1, 1, 1).train().first(32);
  }

  /** Steps that leak 2 KiB each are seen. */
  @Test
  void residentSizeIsFlatOver1000Steps() throws Exception {
    checkSteps(GRAPH, OptimizerKind.MUON, 250);
  }

  @Test
  @Tag("nightly")
  void residentSizeIsFlatOver2000StepsOfChains() throws Exception {
    checkSteps(SMALL, OptimizerKind.SGD, 500);
    checkSteps(OF_PATCHES, OptimizerKind.SGD, 500);
  }

  private static void checkSteps(Architecture architecture, OptimizerKind optimizer, int steps)
      throws Exception {
    try (DeviceDataset data = dataset();
        Network network = new Network(architecture, cpu, 1)) {
      Trainer trainer = new Trainer(recipe(optimizer, steps), data);
      trainer.train(network, 0);
      List<Double> growth = new ArrayList<>();
      for (int window = 1; window <= 4; window++) {
        long before = residentBytes();
        trainer.train(network, window);
        growth.add((residentBytes() - before) / MIB);
      }
      assertFlat(growth, 0.5);
    }
  }

  /** A network has 4.3 million parameters: one leaked of the 10 of a window is 17 MiB. */
  @Test
  void residentSizeIsFlatOver50Networks() throws Exception {
    try (DeviceDataset data = dataset()) {
      Trainer trainer = new Trainer(recipe(OptimizerKind.SGD, 2), data);
      List<Double> growth = new ArrayList<>();
      for (int window = 0; window <= 5; window++) {
        long before = residentBytes();
        for (int i = 0; i < 10; i++) {
          try (Network network = new Network(SMALL, cpu, i)) {
            trainer.train(network, i);
          }
        }
        growth.add((residentBytes() - before) / MIB);
      }
      assertFlat(growth.subList(1, 6), 4);
    }
  }

  /** What a step forgets to put into its own scope arrives in the caller's. */
  @ParameterizedTest
  @MethodSource("allForms")
  void aStepLeavesNothingBehind(Architecture architecture, OptimizerKind optimizer)
      throws Exception {
    try (DeviceDataset data = dataset();
        Network network = new Network(architecture, cpu, 1)) {
      int one = strays(new Trainer(recipe(optimizer, 1), data), network);
      int many = strays(new Trainer(recipe(optimizer, 20), data), network);
      assertEquals(one, many, "objects that reach the caller's scope in 1 and in 20 steps");
    }
  }

  static Stream<Arguments> allForms() {
    return Stream.of(SMALL, OF_PATCHES, GRAPH)
        .flatMap(form -> Stream.of(OptimizerKind.values()).map(kind -> Arguments.of(form, kind)));
  }

  private static void assertFlat(List<Double> growth, double limit) {
    assertTrue(
        Collections.min(growth) < limit, "MiB that the process grew, window by window: " + growth);
    assertTrue(
        growth.stream().mapToDouble(Double::doubleValue).sum() < 128, "MiB in all: " + growth);
  }

  private static int strays(Trainer trainer, Network network) throws InterruptedException {
    try (CountingScope scope = new CountingScope()) {
      trainer.train(network, 1);
      return scope.attached;
    }
  }

  /** Counts the native objects that are made while it is the innermost scope. */
  private static final class CountingScope extends PointerScope {
    private int attached;

    @Override
    public PointerScope attach(Pointer pointer) {
      attached++;
      return super.attach(pointer);
    }
  }

  private static DeviceDataset dataset() {
    return DeviceDataset.of(images, Normalization.of(images), cpu);
  }

  private static TrainingRecipe recipe(OptimizerKind optimizer, int epochs) {
    return TrainingRecipe.defaults(optimizer, new PlainSpace(), cpu.preferred())
        .with(epochs, 32, 0.01);
  }

  private static long residentBytes() throws IOException {
    try (Scanner statm = new Scanner(Path.of("/proc/self/statm"), StandardCharsets.US_ASCII)) {
      statm.nextLong(); // virtual size
      return statm.nextLong() * 4096;
    }
  }
}
