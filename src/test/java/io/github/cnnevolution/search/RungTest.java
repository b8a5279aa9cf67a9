package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RungTest {
  @Test
  void theFirstTwoGoOn() {
    Rung rung = new Rung(false);
    assertTrue(rung.goesOn(0.9, 1));
    assertTrue(rung.goesOn(0.1, 1));
    assertFalse(rung.goesOn(0.1, 1));
  }

  @Test
  void theBestThirdGoesOn() {
    // The fifth is compared with four: one may be better.
    assertTrue(afterFour().goesOn(0.35, 1));
    assertFalse(afterFour().goesOn(0.25, 1));
    // Equals are not better.
    assertTrue(afterFour().goesOn(0.3, 1));
  }

  private static Rung afterFour() {
    Rung rung = new Rung(false);
    for (double score : new double[] {0.1, 0.2, 0.3, 0.4}) {
      rung.goesOn(score, 1);
    }
    return rung;
  }

  @Test
  void aThirdOfManyGoesOn() {
    for (boolean banded : new boolean[] {false, true}) {
      Rung rung = new Rung(banded);
      Random random = new Random(1);
      long on =
          IntStream.range(0, 2000)
              .filter(i -> rung.goesOn(random.nextDouble(), 1 + random.nextInt(1 << 20)))
              .count();
      assertTrue(Math.abs(on - 667) < 80, on + " went on");
    }
  }

  /** Accuracy grows with size: without bands all small ones end. */
  @Test
  void aBandSparesSmallNetworks() {
    assertEquals(0, smallOnesThatGoOn(false));
    long on = smallOnesThatGoOn(true);
    assertTrue(Math.abs(on - 33) < 12, on + " went on");
  }

  private static long smallOnesThatGoOn(boolean banded) {
    Rung rung = new Rung(banded);
    Random random = new Random(2);
    for (int i = 0; i < 100; i++) {
      rung.goesOn(0.5 + random.nextDouble() / 10, 1_000_000_000L + random.nextInt(1000));
    }
    for (int i = 0; i < 16; i++) {
      rung.goesOn(0.1 + random.nextDouble() / 10, 1_000_000 + random.nextInt(1000));
    }
    return IntStream.range(0, 100)
        .filter(i -> rung.goesOn(0.1 + random.nextDouble() / 10, 1_000_000 + random.nextInt(1000)))
        .count();
  }

  @Test
  void durationsAddUpAndDoNotOverflow() {
    EarlyStopping stops = EarlyStopping.of(5, false);
    assertEquals(0.2, stops.fraction());
    assertEquals(3, stops.duration(17));
    assertEquals(Long.MAX_VALUE / 5, stops.duration(Long.MAX_VALUE));
    assertEquals(1, EarlyStopping.of(9, false).rung());
    assertEquals(2, EarlyStopping.of(10, false).rung());
    assertEquals(
        "epochs of a training with a rung must be at least 2, but is 1",
        assertThrows(IllegalArgumentException.class, () -> EarlyStopping.of(1, false))
            .getMessage());
  }
}
