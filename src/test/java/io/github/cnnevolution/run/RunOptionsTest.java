package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunOptionsTest {
  /** Bits of a chromosome and names of files look like numbers, and are none. */
  @Test
  void jsonHasNumbersAsNumbersAndTextsAsTexts() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("pop_size", "10");
    options.put("learning_rate", "0.05");
    options.put("mutation_rate", "1.0E-4");
    options.put("seed", "-9223372036854775808");
    options.put("tf32", "true");
    options.put("tta", "");
    options.put("precision", "bf16");
    options.put("seed_population", "1010001101101111010");
    options.put("data", "7");
    options.put("gpus", "0");
    options.put("candidate_timeout", "10m");
    Map<String, Object> typed = new RunOptions(options).typed();
    assertEquals(
        Map.ofEntries(
            Map.entry("pop_size", 10L),
            Map.entry("learning_rate", 0.05),
            Map.entry("mutation_rate", 1.0E-4),
            Map.entry("seed", Long.MIN_VALUE),
            Map.entry("tf32", true),
            Map.entry("tta", true),
            Map.entry("precision", "bf16"),
            Map.entry("seed_population", "1010001101101111010"),
            Map.entry("data", "7"),
            Map.entry("gpus", "0"),
            Map.entry("candidate_timeout", "10m")),
        typed);
    for (String text : new String[] {"NaN", "1d", "007", "1e3", "?", ""}) {
      assertEquals(text, RunOptions.typed(text), "is not what a number is written as");
    }
  }
}
