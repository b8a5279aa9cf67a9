package io.github.cnnevolution.device;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The result of the search for one CUDA library.
 *
 * @param soname of the library
 * @param file the file that was found; empty if the library is missing or the dynamic linker found
 *     it by name
 * @param isLoadable whether the library could be loaded; in a search that loads nothing, whether
 *     the file exists
 * @param isRequired whether LibTorch cannot run on a GPU without it
 * @param trouble why the library could not be loaded; empty if it could
 * @param remedy what to install if the library is missing
 */
public record CudaLibraryStatus(
    String soname,
    Optional<Path> file,
    boolean isLoadable,
    boolean isRequired,
    String trouble,
    String remedy) {
  /**
   * Returns whether LibTorch cannot use the GPU because of this library: it is required and cannot
   * be loaded.
   */
  public boolean isObstacle() {
    return isRequired && !isLoadable;
  }
}
