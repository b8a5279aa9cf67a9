package io.github.cnnevolution.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Map;

/** JSON texts, with the keys in the order in which they were put. */
final class Json {
  private Json() {}

  /** On one line. */
  static String line(Map<String, ?> object) {
    return write(new ObjectMapper(), object);
  }

  /** Indented, for people. */
  static String pretty(Map<String, ?> object) {
    return write(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT), object);
  }

  private static String write(ObjectMapper mapper, Map<String, ?> object) {
    try {
      return mapper.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists, texts and numbers are always JSON", e);
    }
  }
}
