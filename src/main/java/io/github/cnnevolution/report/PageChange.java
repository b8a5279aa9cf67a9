package io.github.cnnevolution.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What has changed between two documents of a page, as an object that JSON can hold. A document
 * grows at the ends of its lists, so a change is about as large as what is new.
 *
 * <p>A change is one of three objects:
 *
 * <ul>
 *   <li>{@code {"set": value}}: another value takes the place of the old one;
 *   <li>{@code {"from": n, "rows": [...]}}: the first n elements of the list stay, and these
 *       follow;
 *   <li>{@code {"fields": {name: change}}}: these fields of the object change or are added.
 * </ul>
 */
final class PageChange {
  private PageChange() {}

  /**
   * Returns the change that makes one value of another; empty if they are equal.
   *
   * @param before maps, lists and values of JSON
   * @param after the same
   */
  static Optional<Map<String, Object>> between(Object before, Object after) {
    if (before instanceof Map<?, ?> old && after instanceof Map<?, ?> now) {
      return now.keySet().containsAll(old.keySet()) ? ofFields(old, now) : set(now);
    }
    if (before instanceof List<?> old && after instanceof List<?> now) {
      return ofRows(old, now);
    }
    return Objects.equals(before, after) ? Optional.empty() : set(after);
  }

  private static Optional<Map<String, Object>> ofFields(Map<?, ?> old, Map<?, ?> now) {
    Map<Object, Object> fields = new LinkedHashMap<>();
    now.forEach(
        (name, value) -> {
          if (!old.containsKey(name)) {
            fields.put(name, set(value).orElseThrow());
          } else {
            between(old.get(name), value).ifPresent(change -> fields.put(name, change));
          }
        });
    return fields.isEmpty() ? Optional.empty() : Optional.of(Map.of("fields", fields));
  }

  private static Optional<Map<String, Object>> ofRows(List<?> old, List<?> now) {
    int same = 0;
    while (same < old.size() && same < now.size() && Objects.equals(old.get(same), now.get(same))) {
      same++;
    }
    if (same == old.size() && same == now.size()) {
      return Optional.empty();
    }
    return same == 0
        ? set(now)
        : Optional.of(Map.of("from", same, "rows", now.subList(same, now.size())));
  }

  private static Optional<Map<String, Object>> set(Object value) {
    Map<String, Object> change = new LinkedHashMap<>();
    change.put("set", value);
    return Optional.of(change);
  }
}
