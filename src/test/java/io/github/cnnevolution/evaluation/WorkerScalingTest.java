package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The number of workers, from devices whose speed is a known function of it. */
class WorkerScalingTest {
  private static WorkerScaling measure(int most, IntToDoubleFunction speed)
      throws InterruptedException {
    return WorkerScaling.measure(most, speed::applyAsDouble, one -> true).orElseThrow();
  }

  /** Images a second that rise with the workers up to a limit, all with the same noise. */
  private static double speed(int workers, double limit) {
    return 1000 * Math.min(workers, limit);
  }

  @ParameterizedTest
  @CsvSource({
    // The limit is that of the device, in workers.
    "1, 16, 1",
    "1.05, 16, 1",
    "2, 16, 2",
    "2.5, 16, 4",
    "3.9, 16, 4",
    "6, 16, 8",
    "20, 16, 16",
    "20, 12, 12",
    "20, 3, 3",
    "20, 1, 1",
  })
  void asManyAsRaiseTheImagesASecond(double limit, int most, int workers)
      throws InterruptedException {
    assertEquals(workers, measure(most, n -> speed(n, limit)).best());
  }

  /** Workers that wait for each other make a device slower than one of them alone. */
  @Test
  void neverFewerThanOne() throws InterruptedException {
    WorkerScaling slower = measure(8, n -> 1000.0 / n);
    assertEquals(1, slower.best());
    assertEquals(2, slower.levels().size(), "the first that is not faster ends it");
    WorkerScaling contended = measure(16, n -> n <= 4 ? 1000 * n : 500);
    assertEquals(4, contended.best());
  }

  /** Noise of 4 % and one window in ten at half the speed: hardly ever another number. */
  @Test
  void noiseDoesNotDecide() throws InterruptedException {
    double[] ratios = {0, 1, 1.7, 0, 2.4, 0, 0, 0, 2.5};
    Random random = new Random(1);
    int right = 0;
    for (int i = 0; i < 500; i++) {
      int best =
          measure(
                  16,
                  n -> {
                    double disturbed = random.nextInt(10) == 0 ? 0.5 : 1;
                    return ratios[Math.min(n, 8)]
                        * disturbed
                        * (1 + 0.04 * (2 * random.nextDouble() - 1));
                  })
              .best();
      right += best == 4 ? 1 : 0;
    }
    // Two windows of two or three are disturbed on one of two levels: 2.8 % each. So 472 are
    // expected, with deviation 5; the mean of two windows gets 398 right.
    assertTrue(right > 430, right + " of 500");
  }

  @Test
  void itEndsAtOnceIfItIsNotWorthwhile() throws InterruptedException {
    List<Integer> asked = new ArrayList<>();
    WorkerScaling.Speed speed =
        workers -> {
          asked.add(workers);
          return 1000.0;
        };
    assertEquals(Optional.empty(), WorkerScaling.measure(8, speed, one -> one < 999));
    assertEquals(List.of(1, 1), asked);
    assertEquals(Optional.empty(), WorkerScaling.measure(8, n -> 0, one -> true));
  }

  @Test
  void itSaysWhatWasMeasured() throws InterruptedException {
    double[] ratios = {0, 1, 1.7, 0, 2.4, 0, 0, 0, 2.5};
    WorkerScaling scaling = measure(16, n -> 80_000 * ratios[n]);
    assertEquals("images/s with 1, 2, 4, 8: 1.0, 1.7, 2.4, 2.5 times one", scaling.text());
    assertEquals(4, scaling.best());
    assertEquals(2.4, scaling.gainOver(1), 1e-9);
    assertEquals(2.4 / 2.05, scaling.gainOver(3), 1e-9);
    assertEquals(1, scaling.gainOver(4), 1e-9);
    assertEquals(2.4 / 2.5, scaling.gainOver(32), 1e-9);
  }

  @Test
  void levelsAreChecked() {
    WorkerScaling.Level one = new WorkerScaling.Level(1, 1);
    for (List<WorkerScaling.Level> wrong :
        List.of(
            List.<WorkerScaling.Level>of(),
            List.of(new WorkerScaling.Level(2, 1)),
            List.of(one, one),
            List.of(one, new WorkerScaling.Level(2, 0)),
            List.of(one, new WorkerScaling.Level(2, Double.NaN)))) {
      assertThrows(IllegalArgumentException.class, () -> new WorkerScaling(wrong));
    }
  }
}
