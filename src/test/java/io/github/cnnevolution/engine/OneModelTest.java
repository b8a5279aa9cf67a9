package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OneModelTest {
  private static final List<ComputeDevice> MIXED =
      List.of(gpu(0, "NVIDIA L4"), gpu(1, "NVIDIA T400"), gpu(2, "NVIDIA L4"));

  private final List<String> notices = new ArrayList<>();

  private static ComputeDevice gpu(int index, String name) {
    return new ComputeDevice(
        ComputeDevice.Kind.GPU, index, name, Set.of(Precision.FP32), Precision.FP32);
  }

  private List<ComputeDevice> of(List<ComputeDevice> devices, CandidateSettings.Builder settings) {
    return OneModel.of(devices, settings.build(), notices::add);
  }

  @Test
  void thoseThatAreAlikeAllTrain() {
    List<ComputeDevice> alike = List.of(MIXED.get(0), MIXED.get(2));
    assertEquals(alike, of(alike, CandidateSettings.builder()));
    assertEquals(List.of(), notices);
  }

  @Test
  void othersThanTheFirstAreLeftOutByName() {
    assertEquals(List.of(MIXED.get(0), MIXED.get(2)), of(MIXED, CandidateSettings.builder()));
    assertEquals(
        List.of(
            "gpu1 (NVIDIA T400) left out: they round differently from NVIDIA L4 (gpu0); to train on all, give --mixed_devices"),
        notices);
  }

  @Test
  void theyTrainIfThatIsWanted() {
    assertEquals(MIXED, of(MIXED, CandidateSettings.builder().mixedDevices(true)));
    assertEquals(List.of(), notices);
  }

  @Test
  void thoseThatWereNamedAreNotLeftOutInSilence() {
    CandidateSettings.Builder named = CandidateSettings.builder().gpus(Optional.of(List.of(0, 1)));
    assertEquals(
        "--gpus 0,1: these are gpu0 (NVIDIA L4), gpu1 (NVIDIA T400), which round differently: the same seed would not give the same result; name devices of one model, or give --mixed_devices too",
        assertThrows(SettingException.class, () -> of(MIXED.subList(0, 2), named))
            .commandLineMessage());
  }
}
