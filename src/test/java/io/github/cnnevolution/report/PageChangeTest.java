package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PageChangeTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Few different values, so that documents have much in common. */
  @Provide
  Arbitrary<Map<String, Object>> documents() {
    Arbitrary<Object> values =
        Arbitraries.of(1, 2.5, true, "a", "<b>").map(value -> (Object) value).injectNull(0.1);
    Arbitrary<Object> rows = values.list().ofMaxSize(3).map(row -> (Object) row);
    Arbitrary<Object> lists =
        Arbitraries.oneOf(values, rows).list().ofMaxSize(5).map(list -> (Object) list);
    Arbitrary<String> names = Arbitraries.of("x", "y", "z");
    Arbitrary<Object> objects =
        Arbitraries.maps(names, Arbitraries.oneOf(values, lists))
            .ofMaxSize(3)
            .map(object -> (Object) object);
    return Arbitraries.maps(names, Arbitraries.oneOf(values, lists, objects)).ofMaxSize(3);
  }

  @Property(tries = 5000)
  void theChangeMakesOneDocumentOfAnother(
      @ForAll("documents") Map<String, Object> before,
      @ForAll("documents") Map<String, Object> after)
      throws Exception {
    Optional<Map<String, Object>> change = PageChange.between(before, after);
    assertEquals(before.equals(after), change.isEmpty());
    if (change.isPresent()) {
      JsonNode sent = MAPPER.readTree(PageJson.of(change.get()));
      JsonNode made = ChangedJson.of(MAPPER.readTree(PageJson.of(before)), sent);
      assertEquals(MAPPER.readTree(PageJson.of(after)), made);
    }
  }

  @Test
  void aLongerListIsSentFromItsFirstNewRow() {
    List<Object> rows = new ArrayList<>(List.of(List.of(1), List.of(2), List.of(3)));
    Map<String, Object> before = Map.of("rows", List.copyOf(rows), "name", "a");
    rows.set(2, List.of(30));
    rows.add(List.of(4));
    assertEquals(
        "{\"fields\":{\"rows\":{\"from\":2,\"rows\":[[30],[4]]}}}".length(),
        PageJson.of(PageChange.between(before, Map.of("rows", rows, "name", "a")).orElseThrow())
            .length());
  }

  @Test
  void theFirstDocumentIsAChangeFromNothing() {
    assertEquals(
        Optional.of(Map.of("set", Map.of("x", 1))), PageChange.between(null, Map.of("x", 1)));
  }

  @Test
  void aFieldThatBecomesNullChanges() {
    Map<String, Object> before = new HashMap<>();
    before.put("x", null);
    assertTrue(PageChange.between(before, before).isEmpty());
    Map<String, Object> after = Map.of("x", Arrays.asList(1, null));
    assertTrue(PageChange.between(before, after).isPresent());
    assertTrue(PageChange.between(after, before).isPresent());
  }
}
