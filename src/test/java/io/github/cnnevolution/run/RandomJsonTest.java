package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a name or a path holds, the JSON that is written says the same when it is read. */
class RandomJsonTest {
  @Property(tries = 1500, seed = "1")
  void readsBackAsItWasWritten(@ForAll("objects") Map<String, Object> object)
      throws JsonProcessingException {
    String line = Json.line(object);
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.chars().noneMatch(c -> c < ' '), line);
    assertSame(object, line);
    assertSame(object, Json.pretty(object));
  }

  /** Equal values under equal keys in the same order, through the bytes of a file. */
  private static void assertSame(Map<String, Object> object, String json)
      throws JsonProcessingException {
    String stored = new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    Map<String, Object> read =
        new ObjectMapper().readValue(stored, new TypeReference<LinkedHashMap<String, Object>>() {});
    assertEquals(object, read);
    assertEquals(List.copyOf(object.keySet()), new ArrayList<>(read.keySet()));
  }

  @Provide
  Arbitrary<Map<String, Object>> objects() {
    return objects(values());
  }

  private static Arbitrary<Map<String, Object>> objects(Arbitrary<Object> values) {
    return Arbitraries.maps(texts(), values).ofMaxSize(5).map(LinkedHashMap::new);
  }

  private static Arbitrary<Object> values() {
    Arbitrary<Object> leaf =
        Arbitraries.oneOf(
            texts().asGeneric(),
            Arbitraries.integers().asGeneric(),
            Arbitraries.longs().greaterOrEqual(1L << 31).asGeneric(),
            Arbitraries.doubles().asGeneric(),
            Arbitraries.of(true, false).asGeneric(),
            Arbitraries.just(null));
    return Arbitraries.lazyOf(
        () -> leaf,
        () -> leaf,
        () -> leaf.list().ofMaxSize(4).asGeneric(),
        () -> objects(leaf).asGeneric());
  }

  /** Whole characters: half a surrogate pair has no UTF-8, and no file name or argument has one. */
  private static Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().all().ofMaxLength(30).map(RandomJsonTest::whole),
        Arbitraries.strings()
            .withChars("\"\\/\b\f\n\r\t\0\u001f\u007f\u0085\u2028\u2029\ufeff{}[],:")
            .ofMaxLength(20),
        Arbitraries.of("", "\ud83d\ude00", "</script>", "\\u0000", "x".repeat(10_000)));
  }

  private static String whole(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
