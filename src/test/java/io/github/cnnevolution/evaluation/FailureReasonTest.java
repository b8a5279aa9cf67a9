package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.NativeRuntime;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FailureReasonTest {
  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  @Test
  void tellsLackOfMemoryApart() {
    RuntimeException thrown =
        assertThrows(RuntimeException.class, () -> torch.zeros(new long[] {1L << 50}));
    String reason = FailureReason.of(thrown);
    assertTrue(reason.startsWith("out of memory: "), reason);
    assertEquals(
        "out of memory: Java heap space",
        FailureReason.of(new OutOfMemoryError("Java heap space")));
  }

  @Test
  void isOneLineWithoutTheNativeTrace() {
    RuntimeException thrown =
        assertThrows(
            RuntimeException.class,
            () -> torch.matmul(torch.zeros(new long[] {2, 3}), torch.zeros(new long[] {2, 3})));
    assertTrue(thrown.getMessage().lines().count() > 1, "LibTorch adds its own trace");
    String reason = FailureReason.of(thrown);
    assertTrue(reason.contains("cannot be multiplied") && !reason.contains("\n"), reason);
    assertTrue(FailureReason.of(new IllegalStateException("x".repeat(1000))).length() <= 200);
    assertFalse(FailureReason.of(new IllegalStateException()).contains("null"));
  }
}
