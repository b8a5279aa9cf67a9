package io.github.cnnevolution.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.cnnevolution.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** JSON texts, with the keys in the order in which they were put. */
public final class Json {
  private Json() {}

  /** On one line. */
  public static String line(Map<String, ?> object) {
    return write(new ObjectMapper(), object);
  }

  /** A text, number or list on one line. */
  public static String value(Object value) {
    return write(new ObjectMapper(), value);
  }

  /** Indented, for people. */
  public static String pretty(Map<String, ?> object) {
    return write(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT), object);
  }

  /**
   * Writes a file for people and programs, in one step.
   *
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public static void write(Path file, Map<String, ?> object) throws IOException {
    byte[] text = (pretty(object) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(text));
  }

  private static String write(ObjectMapper mapper, Object object) {
    try {
      return mapper.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists, texts and numbers are always JSON", e);
    }
  }
}
