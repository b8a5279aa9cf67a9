package io.github.cnnevolution.device;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What became of the search for one library.
 *
 * @param soname of the library
 * @param file where it was found; empty for one that is missing or that the linker found by itself
 * @param isLoadable whether it could be loaded, or for a search that does not load: whether it is
 *     there
 * @param isRequired whether LibTorch cannot run on a GPU without it
 * @param trouble why it could not be loaded; empty if it could
 * @param remedy what to install where it is missing
 */
public record CudaLibraryStatus(
    String soname,
    Optional<Path> file,
    boolean isLoadable,
    boolean isRequired,
    String trouble,
    String remedy) {
  /** Whether this one keeps LibTorch from the GPU. */
  public boolean isObstacle() {
    return isRequired && !isLoadable;
  }
}
