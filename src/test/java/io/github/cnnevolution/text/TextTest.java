package io.github.cnnevolution.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Alone, since it changes the default locale. */
@Isolated
class TextTest {
  @Test
  void countsInSingularAndPlural() {
    assertEquals("0 epochs", Text.count(0, "epoch"));
    assertEquals("1 epoch", Text.count(1, "epoch"));
    assertEquals("2 epochs", Text.count(2, "epoch"));
  }

  @Test
  void digitsAreThoseOfNoLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertEquals("1,234.5 images", Text.format("%,.1f images", 1234.5));
    } finally {
      Locale.setDefault(before);
    }
  }
}
