package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RandomObjectivesTest {
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> names =
        Arbitraries.of("accuracy", "flops", "parameters", "latency", "ACCURACY", "", " flops", "x");
    return Arbitraries.oneOf(
        names.list().ofMaxSize(5).map(list -> String.join(",", list)), Arbitraries.strings());
  }

  /** Whatever the text is, it is read and written back, or refused in one line. */
  @Property(tries = 2000)
  void textsAreReadOrRefused(@ForAll @From("texts") String text) {
    Objectives read;
    try {
      read = Objectives.parse(text);
    } catch (IllegalArgumentException e) {
      assertTrue(!e.getMessage().isBlank());
      return;
    }
    assertEquals(Objective.ACCURACY, read.all().get(0));
    assertTrue(read.all().size() <= 3);
    assertEquals(read, Objectives.parse(read.text()));
  }

  @Test
  void theOrderHasNoMeaning() {
    assertEquals("accuracy,flops", Objectives.parse("flops,accuracy").text());
    assertThrows(IllegalArgumentException.class, () -> Objectives.parse("flops"));
    assertThrows(IllegalArgumentException.class, () -> Objectives.parse("accuracy,accuracy"));
    assertThrows(
        IllegalArgumentException.class,
        () -> Objectives.parse("accuracy,flops,parameters,latency"));
    assertThrows(IllegalArgumentException.class, () -> new Objectives(List.of()));
  }

  @Test
  void aLatencyThatWasNotMeasuredIsAnError() {
    Objectives objectives = Objectives.parse("accuracy,latency");
    assertEquals(0.25, objectives.point(0.5, 1, 1, Map.of("latency", 0.25))[1]);
    assertThrows(IllegalArgumentException.class, () -> objectives.point(0.5, 1, 1, Map.of()));
  }
}
