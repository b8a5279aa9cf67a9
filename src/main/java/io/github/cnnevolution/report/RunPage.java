package io.github.cnnevolution.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.github.cnnevolution.files.Sha256;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The HTML page that shows a run, or compares several.
 *
 * <p>It consists of a template, a style sheet and a script. The script draws a data document (see
 * {@link PageData}) whenever {@code window.cnnEvolution.render(document)} is called, and keeps the
 * reader's sorting, filters and selection. There are two forms: a self-contained file, and a page
 * whose parts a server delivers. Both work under a Content-Security-Policy without {@code
 * unsafe-inline}.
 */
public final class RunPage {
  private static final String CHARTS =
      "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js";

  private RunPage() {}

  /** The parts of the page beside its markup, with the file names that {@link #live} uses. */
  public enum Part {
    /** The style sheet. */
    STYLE("page.css", "text/css; charset=utf-8"),
    /** The charting library. */
    CHARTS("chart.js", "text/javascript; charset=utf-8"),
    /** The script that draws the data. */
    SCRIPT("page.js", "text/javascript; charset=utf-8");

    private final String fileName;
    private final String mediaType;

    Part(String fileName, String mediaType) {
      this.fileName = fileName;
      this.mediaType = mediaType;
    }

    /** Returns the file name. */
    public String fileName() {
      return fileName;
    }

    /** Returns the value of Content-Type. */
    public String mediaType() {
      return mediaType;
    }
  }

  /** Returns the text of a part. */
  public static String text(Part part) {
    if (part == Part.CHARTS) {
      String text = resource(Text.format(CHARTS, chartsVersion()));
      // The source map is not included; developer tools would request it.
      return text.replaceFirst("(?m)^//# sourceMappingURL=.*$", "").stripTrailing() + "\n";
    }
    return resource(part.fileName());
  }

  /**
   * Returns the page as one self-contained file.
   *
   * @param data the document to show
   */
  public static String selfContained(PageData data) {
    String style = text(Part.STYLE);
    String charts = text(Part.CHARTS);
    String script = text(Part.SCRIPT);
    Map<String, Object> context = new HashMap<>();
    context.put("title", data.title());
    // The policy allows its own scripts by digest, so no script in the data can run.
    context.put(
        "policy",
        Text.format(
            "default-src 'none'; img-src data:; script-src %s %s; style-src %s; base-uri 'none'; form-action 'none'",
            source(charts), source(script), source(style)));
    context.put(
        "inline", Map.of("style", style, "charts", charts, "script", script, "data", data.json()));
    return render(context);
  }

  /**
   * Returns the page without data. It loads {@code page.css}, {@code chart.js}, {@code page.js}
   * and, last, a script that fetches the data and calls {@code window.cnnEvolution.render}.
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
        throw new IllegalStateException("missing resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(Text.format("cannot read %s: %s", name, e.getMessage()), e);
    }
  }
}
