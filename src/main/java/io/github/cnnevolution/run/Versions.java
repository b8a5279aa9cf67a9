package io.github.cnnevolution.run;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The versions that a result depends on, as the build wrote them. */
public final class Versions {
  private Versions() {}

  /** Name to version: this program, LibTorch and its Java presets, and the running Java. */
  public static Map<String, String> all() {
    Properties properties = new Properties();
    try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read versions.properties: " + e.getMessage(), e);
    }
    Map<String, String> versions = new TreeMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> versions.put(name, properties.getProperty(name)));
    versions.put("java", System.getProperty("java.version"));
    return Collections.unmodifiableMap(versions);
  }

  /** All in one line, such as {@code 0.1.0 (pytorch 2.10.0-1.5.13, java 17.0.15)}. */
  public static String summary() {
    Map<String, String> all = all();
    return Text.format(
        "%s (pytorch %s, java %s)", all.get("cnn-evolution"), all.get("pytorch"), all.get("java"));
  }
}
