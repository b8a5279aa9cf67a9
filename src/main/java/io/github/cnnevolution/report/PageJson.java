package io.github.cnnevolution.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Writes JSON that is safe inside a {@code script} element: characters that could end the element
 * or begin markup are escaped, which a JSON parser undoes.
 */
final class PageJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private PageJson() {}

  /** The escapes of JSON, and escapes for the special characters of HTML. */
  private static final class MarkupEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
      codes['<'] = CharacterEscapes.ESCAPE_STANDARD;
      codes['>'] = CharacterEscapes.ESCAPE_STANDARD;
      codes['&'] = CharacterEscapes.ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return null;
    }
  }

  /** Returns the JSON on one line. All numbers must be finite. */
  static String of(Map<String, ?> object) {
    StringWriter text = new StringWriter();
    JsonFactory factory = new JsonFactory();
    factory.setCharacterEscapes(new MarkupEscapes());
    try (JsonGenerator generator = factory.createGenerator(text)) {
      MAPPER.writeValue(generator, object);
    } catch (IOException e) {
      throw new UncheckedIOException("texts in memory are always written", e);
    }
    return text.toString();
  }

  /** Rounds to this many decimals, for short output; null if the value is not finite. */
  static Double rounded(double value, int digits) {
    if (!Double.isFinite(value)) {
      return null;
    }
    double scale = Math.pow(10, digits);
    return Math.rint(value * scale) / scale;
  }
}
