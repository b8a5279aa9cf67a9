package io.github.cnnevolution.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.training.ConfusionMatrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which classes the best network of a run confuses, measured once, on the test images.
 *
 * @param chromosome the bits of the network
 * @param classes their names
 * @param matrix the counts
 */
public record TestConfusion(String chromosome, ClassNames classes, ConfusionMatrix matrix) {
  /** The name under which the store of a run keeps it. */
  public static final String FACT = "test_confusion";

  /**
   * Checks the number of classes.
   *
   * @throws IllegalArgumentException if names and counts differ in it
   */
  public TestConfusion {
    if (classes.names().size() != matrix.classes()) {
      throw new IllegalArgumentException(
          classes.names().size() + " names for " + matrix.classes() + " classes");
    }
  }

  /** Returns the text in the store: each count is class, prediction, images. */
  public String json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", chromosome);
    object.put("classes", classes.names());
    object.put("counts", matrix.rows());
    return Json.line(object);
  }

  /**
   * Reads it from the facts of a store; empty without it.
   *
   * @throws IllegalArgumentException if the text makes no sense
   */
  static Optional<TestConfusion> of(Map<String, String> facts) {
    if (!facts.containsKey(FACT)) {
      return Optional.empty();
    }
    try {
      JsonNode root = new ObjectMapper().readTree(facts.get(FACT));
      List<String> names = new ArrayList<>();
      root.path("classes").forEach(name -> names.add(name.asText()));
      return Optional.of(
          new TestConfusion(
              root.path("chromosome").asText(),
              new ClassNames(names),
              matrix(root.path("counts"), names.size())));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its " + FACT + " is no JSON", e);
    }
  }

  /**
   * Reads what {@link ConfusionMatrix#rows} wrote.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  static ConfusionMatrix matrix(JsonNode rows, int classes) {
    List<ConfusionMatrix.Cell> cells = new ArrayList<>();
    rows.forEach(
        c ->
            cells.add(
                new ConfusionMatrix.Cell(c.path(0).asInt(), c.path(1).asInt(), c.path(2).asInt())));
    return new ConfusionMatrix(classes, cells);
  }
}
