package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.training.ConfusionMatrix;
import io.github.cnnevolution.training.ConfusionMatrix.Cell;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestConfusionTest {
  private static final ConfusionMatrix MATRIX =
      new ConfusionMatrix(3, List.of(new Cell(0, 0, 3), new Cell(0, 2, 1), new Cell(2, 2, 4)));

  @Test
  void theStoreKeepsIt() {
    TestConfusion confusion =
        new TestConfusion("0101", new ClassNames(List.of("a \"b\"", "<c>", "d")), MATRIX);
    assertEquals(
        Optional.of(confusion), TestConfusion.of(Map.of(TestConfusion.FACT, confusion.json())));
    assertEquals(Optional.empty(), TestConfusion.of(Map.of()));
    assertEquals(7.0 / 8, MATRIX.accuracy());
    assertEquals(8, MATRIX.images());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    ClassNames two = new ClassNames(List.of("a", "b"));
    assertThrows(IllegalArgumentException.class, () -> new TestConfusion("0", two, MATRIX));
    for (Cell cell :
        List.of(new Cell(3, 0, 1), new Cell(0, 3, 1), new Cell(-1, 0, 1), new Cell(0, 0, 0))) {
      assertThrows(IllegalArgumentException.class, () -> new ConfusionMatrix(3, List.of(cell)));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> TestConfusion.of(Map.of(TestConfusion.FACT, "no JSON")));
  }
}
