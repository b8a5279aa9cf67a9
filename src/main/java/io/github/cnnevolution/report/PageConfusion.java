package io.github.cnnevolution.report;

import io.github.cnnevolution.data.ClassGroups;
import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.training.ConfusionMatrix;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A confusion matrix in the document of a page. */
final class PageConfusion {
  private PageConfusion() {}

  /** Returns names of classes and groups (null without groups), and the counts above 0. */
  static Map<String, Object> of(ClassNames classes, ConfusionMatrix matrix) {
    Optional<ClassGroups> groups = ClassGroups.of(classes);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("classes", classes.names());
    object.put("groups", groups.map(ClassGroups::names).orElse(null));
    object.put("groupOf", groups.map(ClassGroups::ofClass).orElse(null));
    object.put("counts", matrix.rows());
    return object;
  }
}
