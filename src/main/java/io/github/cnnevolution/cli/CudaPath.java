package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.CudaProbe;
import io.github.cnnevolution.text.Text;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** The option for the directory of CUDA's libraries. */
final class CudaPath {
  private static final String NAME = "cuda_path";

  private CudaPath() {}

  /** Returns the option of the command line. */
  static Option option() {
    return Arguments.valued(
        NAME,
        "DIR",
        "search for CUDA 13 and cuDNN here first: a toolkit, a directory of libraries, or a Python environment (default: the usual places, see `devices`)");
  }

  /**
   * Returns the directory, if the option is given.
   *
   * @throws UsageException if it is not a directory, holds no library of CUDA 13, or the jar is
   *     built for the CPU only
   */
  static Optional<Path> of(Arguments arguments) throws UsageException {
    Optional<Path> path = arguments.path(NAME);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    Path directory = path.get();
    if (!Files.isDirectory(directory)) {
      throw new UsageException(
          Text.format(
              "--%s %s: no such directory; name the one that holds libcudart.so.13, or a toolkit or Python environment",
              NAME, arguments.text(NAME).get()));
    }
    if (!CudaProbe.isInJar()) {
      throw new UsageException(
          Text.format(
              "--%s %s: this jar computes on the CPU only; leave the option out, or build the GPU jar with mvn -Pgpu package",
              NAME, arguments.text(NAME).get()));
    }
    if (!CudaProbe.containsCuda13(directory)) {
      throw new UsageException(
          Text.format(
              "--%s %s: holds no library of CUDA 13; name the directory that holds libcudart.so.13, or a toolkit or Python environment",
              NAME, arguments.text(NAME).get()));
    }
    return Optional.of(directory.toAbsolutePath());
  }
}
