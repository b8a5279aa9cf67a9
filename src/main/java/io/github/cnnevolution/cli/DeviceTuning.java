package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.CudaProbe;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.engine.SessionListener;
import io.github.cnnevolution.engine.WorkerTuning;
import io.github.cnnevolution.report.Console;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** {@code devices --tune}: measures how many workers a GPU should have. */
final class DeviceTuning {
  static final String NAME = "tune";

  private DeviceTuning() {}

  static Option option() {
    return Arguments.flag(
        NAME,
        "measure how many workers train the most images a second on a GPU, and remember it for later runs");
  }

  static int run(Optional<Path> cudaPath, Console console)
      throws UsageException, InterruptedException {
    if (!CudaProbe.isInJar()) {
      throw new UsageException(
          "--tune: this jar computes on the CPU only; leave the option out, or build the GPU jar with mvn -Pgpu package");
    }
    SearchSettings.Builder settings = SearchSettings.builder().data("synthetic");
    cudaPath.ifPresent(settings::cudaPath);
    LibTorch.prepare(cudaPath);
    SessionListener result =
        new SessionListener() {
          @Override
          public void onNotice(String notice) {
            console.out().println(notice);
          }
        };
    try (StopSignal stop = StopSignal.interruptingCurrentThread()) {
      WorkerTuning.run(settings.build().training(), result);
    }
    return ExitCode.OK;
  }
}
