package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How often a supervisor starts a process again. */
class RestartLimitTest {
  private final RestartLimit limit = new RestartLimit();

  @Test
  void killsOfAProcessThatTrainsAreNotLimited() {
    for (int kill = 0; kill < 1000; kill++) {
      assertEquals(Optional.empty(), limit.count(false, true, false), "kill " + kill);
    }
    assertEquals("restart", limit.next(false));
  }

  @Test
  void aProcessThatDiesBeforeItTrainsIsGivenUp() {
    assertTrue(limit.count(false, false, false).isEmpty());
    assertTrue(limit.count(false, false, false).isEmpty());
    assertEquals(Optional.of("3 times without a new evaluation"), limit.count(false, false, false));
  }

  @Test
  void crashesWithoutProgressAreGivenUpWhateverKillsComeBetween() {
    for (int crash = 0; crash < 2; crash++) {
      assertTrue(limit.count(true, true, false).isEmpty());
      assertTrue(limit.count(false, true, false).isEmpty());
    }
    assertEquals(Optional.of("3 times without a new evaluation"), limit.count(true, true, false));
  }

  @Test
  void tenCrashesWithProgressAndNoMore() {
    for (int crash = 1; crash <= 10; crash++) {
      assertTrue(limit.count(true, true, true).isEmpty());
      assertEquals("restart " + crash + " of 10", limit.next(true));
      assertTrue(limit.count(false, true, true).isEmpty());
    }
    assertEquals(Optional.of("more than 10 times"), limit.count(true, true, true));
  }
}
