package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.engine.FinalTrainingSettings;
import io.github.cnnevolution.training.OptimizerKind;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;
import org.junit.jupiter.api.Test;

class HelpDefaultsTest {
  private static final Pattern NUMBER = Pattern.compile("default: ([0-9.]+)[,;)]");

  /** Each number that the help of {@code train} gives as a default is what training does. */
  @Test
  void defaultsOfFinalTrainingsAreThoseOfTheHelp() {
    FinalTrainingSettings settings = FinalTrainingSettings.builder().build();
    Map<String, Double> actual = new HashMap<>();
    actual.put("epochs", (double) settings.training().epochs());
    actual.put("batch_size", (double) OptimizerKind.DEFAULT.plain().batchSize());
    actual.put("learning_rate", OptimizerKind.DEFAULT.plain().learningRate());
    actual.put("seed", (double) settings.training().seed());
    actual.put("seeds", (double) settings.seeds());
    actual.put("dropout_share", settings.dropoutFraction());
    actual.put("cutout", (double) settings.augmentation().cutout());
    actual.put("mixup", settings.augmentation().mixup());
    actual.put("ema", settings.emaDecay());
    Map<String, Double> said = new HashMap<>();
    for (Option option : FinalTrainingOptions.options()) {
      Matcher number = NUMBER.matcher(option.getDescription());
      if (number.find()) {
        said.put(option.getLongOpt(), Double.valueOf(number.group(1)));
      }
    }
    assertEquals(actual, said);
  }

  /** One training takes all cores; several share them. */
  @Test
  void workersAndThreadsFollowTheSeeds() {
    String threads = description("threads_per_worker");
    assertTrue(threads.contains("default: all cores, divided among the workers"), threads);
    FinalTrainingSettings one = FinalTrainingSettings.builder().build();
    assertEquals(Devices.cores(), one.training().threadsPerWorker());
    String workers = description("workers");
    assertTrue(workers.contains("default: one per seed, at most one per core"), workers);
    FinalTrainingSettings many = FinalTrainingSettings.builder().seeds(1000).build();
    assertEquals(1, many.training().threadsPerWorker());
  }

  private static String description(String name) {
    return FinalTrainingOptions.options().stream()
        .filter(option -> name.equals(option.getLongOpt()))
        .findFirst()
        .orElseThrow()
        .getDescription();
  }
}
