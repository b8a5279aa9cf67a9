package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OneCycleTest {
  @Test
  void risesToThePeakAndFallsToNothing() {
    OneCycle schedule = new OneCycle(0.4, 0.25, 100);
    assertEquals(0.4 * 0.5 / 25, schedule.at(0), 1e-12);
    assertEquals(0.4 * 24.5 / 25, schedule.at(24), 1e-12);
    assertEquals(0.4 * 74.5 / 75, schedule.at(25), 1e-12);
    assertEquals(0.4 * 0.5 / 75, schedule.at(99), 1e-12);
  }

  @Test
  void isPositiveAndNeverAboveThePeak() {
    for (int steps = 1; steps < 30; steps++) {
      for (double warmup : new double[] {0, 0.1, 0.5, 0.99}) {
        OneCycle schedule = new OneCycle(1, warmup, steps);
        for (int step = 0; step < steps; step++) {
          assertTrue(schedule.at(step) > 0 && schedule.at(step) <= 1, step + " of " + steps);
        }
      }
    }
  }

  @Test
  void rejectsWhatIsNoSchedule() {
    for (double peak : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new OneCycle(peak, 0.2, 10));
    }
    for (double warmup : new double[] {-0.1, 1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> new OneCycle(1, warmup, 10));
    }
    assertThrows(IllegalArgumentException.class, () -> new OneCycle(1, 0.2, 0));
  }
}
