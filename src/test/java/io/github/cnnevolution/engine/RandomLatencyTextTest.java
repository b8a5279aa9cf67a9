package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.FrontGoals;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RandomLatencyTextTest {
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withChars("0123456789.umsh -+eE").ofMaxLength(12),
        Arbitraries.strings());
  }

  @Property(tries = 3000)
  void whatIsReadIsWrittenBack(@ForAll @From("texts") String text) {
    Optional<Duration> read = LatencyText.parse(text);
    read.ifPresent(
        latency -> {
          assertTrue(latency.toNanos() >= 1000 && latency.compareTo(LatencyText.MAX) <= 0);
          assertEquals(read, LatencyText.parse(LatencyText.of(latency)));
        });
    if (read.isEmpty()) {
      assertThrows(SettingException.class, () -> ObjectiveSettings.NONE.withMaxLatency(text));
    }
  }

  @Property
  void everyLatencyCanBeWritten(
      @ForAll @LongRange(min = 1_000, max = 600_000_000_000L) long nanos) {
    Duration latency = Duration.ofNanos(nanos);
    assertEquals(Optional.of(latency), LatencyText.parse(LatencyText.of(latency)));
  }

  @Test
  void unitsAreMicrosecondsMillisecondsAndSeconds() {
    assertEquals(Optional.of(Duration.ofNanos(2_500_000)), LatencyText.parse("2.5ms"));
    assertEquals(Optional.of(Duration.ofNanos(800_000)), LatencyText.parse("800us"));
    assertEquals(Optional.of(Duration.ofSeconds(1)), LatencyText.parse("1s"));
    assertEquals("800us", LatencyText.of(Duration.ofNanos(800_000)));
    assertEquals("2ms", LatencyText.of(Duration.ofMillis(2)));
    for (String wrong :
        new String[] {"", "2", "2m", "-1ms", "0ms", "601s", "1e3us", "2 ms", "2MS"}) {
      assertEquals(Optional.empty(), LatencyText.parse(wrong), wrong);
    }
  }

  @Test
  void settingsAreKeptAndChecked() {
    ObjectiveSettings settings =
        ObjectiveSettings.NONE
            .withObjectives("flops,accuracy")
            .withPreference("knee")
            .withMaxLatency("1.5ms");
    assertEquals(
        Map.of("objectives", "accuracy,flops", "prefer", "knee", "max_latency", "1500us"),
        settings.stored());
    assertEquals(settings, ObjectiveSettings.read(settings.stored()));
    assertEquals(ObjectiveSettings.NONE, ObjectiveSettings.read(Map.of()));
    assertEquals(settings.goals(), FrontGoals.of(settings.stored()));
    assertTrue(
        message(() -> settings.check(AlgorithmSettings.of("local"))).contains("one objective"));
    assertTrue(
        message(() -> settings.check(AlgorithmSettings.of("steady").withReplacement("oldest")))
            .contains("leave it out"));
    assertTrue(
        message(
                () ->
                    ObjectiveSettings.NONE.withPreference("knee").check(AlgorithmSettings.GENETIC))
            .contains("several objectives"));
    assertTrue(message(() -> settings.withObjectives("accuracy")).contains("anyway"));
    assertTrue(message(() -> settings.withPreference("best")).contains("none of accuracy, knee"));
    for (String algorithm : new String[] {"genetic", "steady", "random"}) {
      settings.check(AlgorithmSettings.of(algorithm));
    }
  }

  private static String message(Runnable code) {
    return assertThrows(SettingException.class, code::run).getMessage();
  }
}
