package io.github.cnnevolution.report;

import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.run.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What a network takes a picture for: the most probable classes, for people and for programs. */
public final class PredictionReport {
  /** Classes that are shown. */
  private static final int SHOWN = 5;

  private PredictionReport() {}

  /**
   * The picture's name, then a line for each class.
   *
   * @param image what the picture is called
   * @param probabilities one for each class
   */
  public static String text(String image, float[] probabilities, ClassNames names) {
    StringBuilder text = new StringBuilder(image);
    for (int label : best(probabilities)) {
      text.append(System.lineSeparator())
          .append(
              String.format(
                  Locale.ROOT,
                  "  %6.2f %%  %s",
                  100 * probabilities[label],
                  names.names().get(label)));
    }
    return text.toString();
  }

  /** The same as one JSON object on one line. */
  public static String json(String image, float[] probabilities, ClassNames names) {
    List<Map<String, Object>> classes = new ArrayList<>();
    for (int label : best(probabilities)) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("class", names.names().get(label));
      object.put("label", label);
      object.put("probability", probabilities[label]);
      classes.add(object);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("image", image);
    object.put("classes", classes);
    return Json.line(object);
  }

  /** The labels of the most probable classes, the first of equals first. */
  private static List<Integer> best(float[] probabilities) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(label -> -probabilities[label]))
        .limit(SHOWN)
        .toList();
  }
}
