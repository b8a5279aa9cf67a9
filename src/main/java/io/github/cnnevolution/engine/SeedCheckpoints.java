package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.JobRunner;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The checkpoints of a seed, which travel between machines. */
record SeedCheckpoints(RunDirectory directory, long seed) {
  /** Content by the number of parts into which batches are split. */
  Map<Integer, byte[]> read() throws IOException {
    Map<Integer, byte[]> checkpoints = new TreeMap<>();
    for (int parts = 1; parts <= JobRunner.MAX_MICRO_BATCHES; parts *= 2) {
      Path file = directory.checkpoint(seed, parts);
      if (Files.exists(file)) {
        checkpoints.put(parts, Files.readAllBytes(file));
      }
    }
    return checkpoints;
  }

  /** Writes what {@link #read} has read on another machine. */
  void write(Map<Integer, byte[]> checkpoints) throws IOException {
    for (Map.Entry<Integer, byte[]> one : checkpoints.entrySet()) {
      AtomicFile.write(directory.checkpoint(seed, one.getKey()), out -> out.write(one.getValue()));
    }
  }
}
