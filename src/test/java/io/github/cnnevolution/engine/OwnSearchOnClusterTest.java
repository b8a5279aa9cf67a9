package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.evaluation.TrainedCandidate;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors train what is Java of a program's own as this machine does. */
class OwnSearchOnClusterTest {
  @TempDir private Path directory;

  @BeforeAll
  static void prepare() {
    LibTorch.prepare();
  }

  @Test
  void theResultsAreThose() throws Exception {
    String here = OwnSearch.run(OwnSearch.settings(directory.resolve("here")).build());
    assertTrue(here.contains("has a gate"), here);
    try (InProcessCluster cluster = new InProcessCluster(2)) {
      assertEquals(
          here,
          OwnSearch.run(OwnSearch.settings(directory.resolve("there")).cluster(cluster).build()));
    }
  }

  private static final class NotSent implements FitnessFunction {
    @Override
    public String name() {
      return "not-sent";
    }

    @Override
    public double fitness(TrainedCandidate candidate) {
      return 0;
    }
  }

  @Test
  void whatCannotBeSentIsRefusedBeforeAnythingIsThere() throws Exception {
    Path run = directory.resolve("run");
    try (InProcessCluster cluster = new InProcessCluster(2)) {
      SearchSettings settings =
          OwnSearch.settings(run).fitness(new NotSent()).cluster(cluster).build();
      assertEquals(
          "fitness not-sent: is Java of your own, and "
              + NotSent.class.getName()
              + " does not implement java.io.Serializable, so that no executor of a cluster can get it; let it do so, or train on this machine",
          assertThrows(SettingException.class, () -> Search.start(settings, SearchListener.NONE))
              .getMessage());
      assertTrue(cluster.calls().isEmpty());
    }
    assertTrue(Files.notExists(run));
  }
}
