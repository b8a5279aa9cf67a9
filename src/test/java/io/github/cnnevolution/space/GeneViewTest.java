package io.github.cnnevolution.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class GeneViewTest {
  private static List<String> labels(GeneView view) {
    return view.values().stream().map(GeneView.Value::label).toList();
  }

  @Test
  void aGeneIsShownUnderItsNameWithEachLabelOnce() {
    GeneView view = GeneView.of(new Gene("gate type", 0, 2, List.of("off", "on", "off", "both")));
    assertEquals("gate type", view.gene());
    assertEquals("Gate type", view.title());
    assertEquals("gate type", view.axis());
    assertEquals(List.of("off", "on", "both"), labels(view));
    assertEquals(List.of("on"), view.values().get(1).caption());
    assertEquals(0, view.places());
  }

  @Test
  void labelsAreDifferentAndThoseOfASequenceOneCharacterEach() {
    List<GeneView.Value> twice = List.of(GeneView.Value.of("a"), GeneView.Value.of("a"));
    assertThrows(IllegalArgumentException.class, () -> new GeneView("g", "G", "g", twice, 0));
    List<GeneView.Value> word = List.of(GeneView.Value.of("ab"));
    assertEquals(List.of("ab"), labels(new GeneView("g", "G", "g", word, 0)));
    assertThrows(IllegalArgumentException.class, () -> new GeneView("g", "G", "g", word, 2));
  }

  /** Every value that a network of the plain space has is among those of its views. */
  @Test
  void theViewsOfThePlainSpaceFitItsNetworks() {
    PlainSpace space = new PlainSpace();
    for (GeneView view : space.geneViews()) {
      for (Architecture network : space.all(10)) {
        String label = network.genes().get(view.gene());
        List<String> parts = view.places() > 0 ? List.of(label.split("")) : List.of(label);
        assertEquals(List.of(), parts.stream().filter(p -> !labels(view).contains(p)).toList());
      }
    }
  }
}
