package io.github.cnnevolution.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.github.cnnevolution.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The page that shows a run, or compares several.
 *
 * <p>It is one template with one style sheet and one script. The script draws a data document (see
 * {@link PageData}) whenever {@code window.cnnEvolution.render(document)} is called, and keeps what
 * the reader has sorted, filtered and chosen. There are two renderings: a file that holds all of it
 * and asks for nothing, and a frame for a server that hands the parts out. Neither has a script or
 * a style in its markup that a Content-Security-Policy without {@code unsafe-inline} would refuse.
 */
public final class RunPage {
  private static final String CHARTS =
      "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js";

  private RunPage() {}

  /** What the page consists of beside its markup, under the names that {@link #live} asks for. */
  public enum Part {
    /** The style sheet. */
    STYLE("page.css", "text/css; charset=utf-8"),
    /** The charting library. */
    CHARTS("chart.js", "text/javascript; charset=utf-8"),
    /** What draws the data. */
    SCRIPT("page.js", "text/javascript; charset=utf-8");

    private final String fileName;
    private final String mediaType;

    Part(String fileName, String mediaType) {
      this.fileName = fileName;
      this.mediaType = mediaType;
    }

    /** The name, without a slash. */
    public String fileName() {
      return fileName;
    }

    /** For the header Content-Type. */
    public String mediaType() {
      return mediaType;
    }
  }

  /** The text of a part. */
  public static String text(Part part) {
    if (part == Part.CHARTS) {
      String text = resource(CHARTS.formatted(chartsVersion()));
      // The map of its sources is not with it: without this, tools would ask for it.
      return text.replaceFirst("(?m)^//# sourceMappingURL=.*$", "").stripTrailing() + "\n";
    }
    return resource(part.fileName());
  }

  /**
   * The page as one file that needs no network.
   *
   * @param data the document to show
   */
  public static String selfContained(PageData data) {
    String style = text(Part.STYLE);
    String charts = text(Part.CHARTS);
    String script = text(Part.SCRIPT);
    Map<String, Object> context = new HashMap<>();
    context.put("title", data.title());
    // Its own scripts are named by their digests: nothing else is run, whatever the data say.
    context.put(
        "policy",
        "default-src 'none'; img-src data:; script-src %s %s; style-src %s; base-uri 'none'; form-action 'none'"
            .formatted(source(charts), source(script), source(style)));
    context.put(
        "inline", Map.of("style", style, "charts", charts, "script", script, "data", data.json()));
    return render(context);
  }

  /**
   * The page without data, which asks for {@code page.css}, {@code chart.js}, {@code page.js} and,
   * last, a script that fetches the data and calls {@code window.cnnEvolution.render}.
   *
   * @param title of the page
   * @param feed the name of that last script, such as {@code live.js}
   */
  public static String live(String title, String feed) {
    Map<String, Object> context = new HashMap<>();
    context.put("title", title);
    context.put("live", Map.of("feed", feed));
    return render(context);
  }

  private static String render(Map<String, Object> context) {
    Template template = Mustache.compiler().defaultValue("").compile(resource("page.html"));
    return template.execute(context);
  }

  private static String source(String text) {
    return "'sha256-" + Base64.getEncoder().encodeToString(Sha256.of(text)) + "'";
  }

  private static String chartsVersion() {
    Properties properties = new Properties();
    try (InputStream in = RunPage.class.getResourceAsStream("page.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read page.properties: " + e.getMessage(), e);
    }
    return properties.getProperty("chart.js");
  }

  static String resource(String name) {
    try (InputStream in = RunPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program has lost its resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(name, e.getMessage()), e);
    }
  }
}
