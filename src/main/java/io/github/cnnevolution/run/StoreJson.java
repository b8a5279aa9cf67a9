package io.github.cnnevolution.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of a store that hold JSON. Numbers are read back bit for bit; those that JSON does
 * not know, such as NaN, are texts. Read as a stream: a store has a hundred thousand of them.
 */
final class StoreJson {
  /** The texts are short: looking up their few names in a table costs more than making them. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

  private StoreJson() {}

  /** What writes one value. */
  @FunctionalInterface
  private interface Writer {
    void write(JsonGenerator json) throws IOException;
  }

  private static String text(Writer writer) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      writer.write(json);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return text.toString();
  }

  /** What reads one value. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(JsonParser json) throws IOException;
  }

  private static <T> T value(String text, Reader<T> reader) {
    try (JsonParser json = FACTORY.createParser(text)) {
      T value = reader.read(json);
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("more than one value: " + text);
      }
      return value;
    } catch (IOException e) {
      throw new IllegalArgumentException("no JSON: " + text, e);
    }
  }

  private static void expect(boolean right, JsonParser json) {
    if (!right) {
      throw new IllegalArgumentException("unexpected in JSON: " + json.currentToken());
    }
  }

  private static double number(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    expect(token.isNumeric() || token == JsonToken.VALUE_STRING, json);
    return token.isNumeric() ? json.getDoubleValue() : Double.parseDouble(json.getText());
  }

  /** The indices of proposals, such as {@code [3,7]}. */
  static String indices(List<Long> indices) {
    return text(
        json -> {
          json.writeStartArray();
          for (long index : indices) {
            json.writeNumber(index);
          }
          json.writeEndArray();
        });
  }

  /**
   * Reads the indices of proposals.
   *
   * @throws IllegalArgumentException if they are something else
   */
  static List<Long> indices(String text) {
    return value(
        text,
        json -> {
          expect(json.nextToken() == JsonToken.START_ARRAY, json);
          List<Long> indices = new ArrayList<>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, json);
            indices.add(json.getLongValue());
          }
          return indices;
        });
  }

  /** Objectives by name, such as {@code {"accuracy":0.5}}, in their order. */
  static String objectives(Map<String, Double> objectives) {
    return text(
        json -> {
          json.writeStartObject();
          for (Map.Entry<String, Double> objective : objectives.entrySet()) {
            json.writeNumberField(objective.getKey(), objective.getValue());
          }
          json.writeEndObject();
        });
  }

  /**
   * Reads objectives.
   *
   * @throws IllegalArgumentException if they are something else
   */
  static Map<String, Double> objectives(String text) {
    return value(
        text,
        json -> {
          expect(json.nextToken() == JsonToken.START_OBJECT, json);
          Map<String, Double> objectives = new LinkedHashMap<>();
          while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            objectives.put(name, number(json));
          }
          return objectives;
        });
  }

  /** The losses and accuracies of epochs. */
  static String curve(List<EpochMetrics> epochs) {
    return text(
        json -> {
          json.writeStartArray();
          for (EpochMetrics epoch : epochs) {
            json.writeStartObject();
            json.writeNumberField("loss", epoch.loss());
            json.writeNumberField("accuracy", epoch.accuracy());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /**
   * Reads a curve.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static List<EpochMetrics> curve(String text) {
    return value(
        text,
        json -> {
          expect(json.nextToken() == JsonToken.START_ARRAY, json);
          List<EpochMetrics> epochs = new ArrayList<>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            epochs.add(epoch(json));
          }
          return epochs;
        });
  }

  private static EpochMetrics epoch(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.START_OBJECT, json);
    double loss = 0;
    double accuracy = 0;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals("loss")) {
        loss = number(json);
      } else if (name.equals("accuracy")) {
        accuracy = number(json);
      } else {
        json.skipChildren();
      }
    }
    return new EpochMetrics(loss, accuracy);
  }
}
