package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RunPageTest {
  private static final String HOSTILE =
      "</script><script>alert(1)</script><!-- <script> ]]> \u2028 & \" ' \\ {{title}} ${x}";

  private static PageData data() {
    return new PageData(HOSTILE, Map.of("kind", "run", "title", HOSTILE));
  }

  @Test
  void jsonHasNothingThatEndsAScriptAndReadsBack() throws Exception {
    String json = data().json();
    assertFalse(json.contains("<") || json.contains(">") || json.contains("&"), json);
    assertEquals(HOSTILE, new ObjectMapper().readTree(json).get("title").asText());
  }

  @Test
  void theFileAsksForNothing() {
    String page = RunPage.selfContained(data());
    assertEquals(0, count(page, "<script[^>]*\\bsrc\\s*="));
    assertEquals(0, count(page, "<link[^>]*stylesheet"));
    assertEquals(3, count(page, "<script"), "data, charts, page");
    assertEquals(3, count(page, "</script"));
    assertFalse(page.contains("sourceMappingURL"));
    assertTrue(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)"), "the title is escaped");
    Matcher found =
        Pattern.compile("http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"")
            .matcher(page);
    assertTrue(found.find(), "a policy");
    String policy = found.group(1).replace("&#39;", "'").replace("&#x3D;", "=");
    String digest = "'sha256-[A-Za-z0-9+/=]{44}'";
    assertTrue(
        policy.matches(
            "default-src 'none'; img-src data:; script-src %s %s; style-src %s; base-uri 'none'; form-action 'none'"
                .formatted(digest, digest, digest)),
        policy);
  }

  /** So that a server's policy needs no {@code unsafe-inline}. */
  @Test
  void theLivePageHasNothingInline() {
    String page = RunPage.live(HOSTILE, "live.js");
    for (RunPage.Part part : RunPage.Part.values()) {
      assertTrue(page.contains("\"/" + part.fileName() + "\""), part.fileName());
      assertFalse(RunPage.text(part).isBlank());
    }
    assertTrue(page.contains("<script src=\"/live.js\"></script>"));
    assertEquals(0, count(page, "<script>|<style|\\bstyle=|\\son\\w+="));
    assertEquals(3, count(page, "<script "));
  }

  private static int count(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }

  @Test
  void numbersAreRoundedAndFinite() {
    assertEquals(0.123, PageJson.rounded(0.12345, 3));
    assertEquals(null, PageJson.rounded(Double.NaN, 3));
    assertEquals(null, PageJson.rounded(Double.POSITIVE_INFINITY, 3));
  }

  @Test
  void quotedTextIsOneWordOfACommand() {
    assertEquals("runs/2026-11-24", ShellText.quoted("runs/2026-11-24"));
    assertEquals("'it'\\''s <b>'", ShellText.quoted("it's <b>"));
    assertEquals("''", ShellText.quoted(""));
  }
}
