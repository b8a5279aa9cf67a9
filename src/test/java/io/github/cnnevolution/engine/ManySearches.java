package io.github.cnnevolution.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs a search again and again and prints the resident memory after each, in kB. */
final class ManySearches {
  static final int COUNT = 16;

  private ManySearches() {}

  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    for (int i = 0; i < COUNT; i++) {
      // The same networks each time: what LibTorch keeps for them it keeps once.
      SearchSettings settings =
          SearchSettings.builder()
              .data("synthetic")
              .trainLimit(40)
              .epochs(1)
              .batchSize(20)
              .populationSize(3)
              .generations(1)
              .seed(3)
              .workers(1)
              .directory(Path.of(arguments[0]).resolve("run" + i))
              .build();
      try (Search search = Search.start(settings, SearchListener.NONE)) {
        search.run();
      }
      System.gc();
      System.out.println(residentKilobytes());
    }
  }

  private static long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmRSS");
  }
}
