package io.github.cnnevolution.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** What becomes of a document by a {@link PageChange}, as the page's script does it. */
final class ChangedJson {
  private ChangedJson() {}

  static JsonNode of(JsonNode value, JsonNode change) {
    if (change.has("set")) {
      return change.get("set");
    }
    if (change.has("rows")) {
      ArrayNode rows = value.deepCopy();
      while (rows.size() > change.get("from").asInt()) {
        rows.remove(rows.size() - 1);
      }
      return rows.addAll((ArrayNode) change.get("rows"));
    }
    ObjectNode object = value.deepCopy();
    for (Map.Entry<String, JsonNode> field : change.get("fields").properties()) {
      object.set(field.getKey(), of(object.path(field.getKey()), field.getValue()));
    }
    return object;
  }
}
