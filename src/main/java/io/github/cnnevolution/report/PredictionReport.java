package io.github.cnnevolution.report;

import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The most probable classes of a picture, as text and as JSON. */
public final class PredictionReport {
  /** Number of classes shown. */
  private static final int SHOWN = 5;

  private PredictionReport() {}

  /**
   * Returns the picture's name, then a line per class.
   *
   * @param image name of the picture
   * @param probabilities one for each class
   */
  public static String text(String image, float[] probabilities, ClassNames names) {
    StringBuilder text = new StringBuilder(image);
    for (int label : best(probabilities)) {
      text.append(System.lineSeparator())
          .append(
              Text.format(
                  "  %s  %s", Percent.aligned(probabilities[label]), names.names().get(label)));
    }
    return text.toString();
  }

  /** Returns the picture's name and its most probable classes as one JSON object on one line. */
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

  /** Returns the labels of the most probable classes; equal ones in order of their labels. */
  private static List<Integer> best(float[] probabilities) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(label -> -probabilities[label]))
        .limit(SHOWN)
        .toList();
  }
}
