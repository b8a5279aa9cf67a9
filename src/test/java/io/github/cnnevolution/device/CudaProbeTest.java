package io.github.cnnevolution.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uses the real dynamic linker. A small library of the JDK stands in for CUDA libraries that can be
 * loaded.
 */
class CudaProbeTest {
  private static final Path LOADABLE = Path.of(System.getProperty("java.home"), "lib/librmi.so");

  @TempDir private Path root;
  private Path first;
  private Path second;
  private CudaSearchPath path;

  @BeforeEach
  void directories() throws IOException {
    first = Files.createDirectory(root.resolve("first"));
    second = Files.createDirectory(root.resolve("second"));
    path = new CudaSearchPath(List.of(first, second));
  }

  private static CudaLibraryStatus find(CudaProbe probe, String soname) {
    return probe.libraries().stream()
        .filter(status -> status.soname().equals(soname))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyLibraryIsTriedAndTheMissingHaveARemedy() throws IOException {
    Path file = Files.copy(LOADABLE, second.resolve("libcublas.so.13"));
    CudaProbe probe = CudaProbe.diagnose(path);
    assertEquals(CudaLibrary.values().length + 1, probe.libraries().size());
    CudaLibraryStatus cublas = find(probe, "libcublas.so.13");
    assertTrue(cublas.isLoadable());
    assertEquals(Optional.of(file), cublas.file());
    CudaLibraryStatus cudnn = find(probe, "libcudnn.so.9");
    assertTrue(cudnn.isObstacle());
    assertEquals("apt install libcudnn9-cuda-13, or pip install nvidia-cudnn-cu13", cudnn.remedy());
    CudaLibraryStatus compiler = find(probe, "libnvrtc.so.13");
    assertFalse(compiler.isLoadable());
    assertFalse(compiler.isObstacle());
    assertTrue(probe.unavailableReason().isPresent());
  }

  @Test
  void aFileThatDoesNotLoadGivesWayToOneThatDoes() throws IOException {
    Files.createFile(first.resolve("libcufft.so.12"));
    Path loadable = Files.copy(LOADABLE, second.resolve("libcufft.so.12"));
    CudaLibraryStatus status = find(CudaProbe.diagnose(path), "libcufft.so.12");
    assertTrue(status.isLoadable());
    assertEquals(Optional.of(loadable), status.file());
  }

  @Test
  void aFileThatDoesNotLoadIsNamedWithTheLinkersWords() throws IOException {
    Path broken = Files.createFile(first.resolve("libcufft.so.12"));
    CudaLibraryStatus status = find(CudaProbe.diagnose(path), "libcufft.so.12");
    assertTrue(status.isObstacle());
    assertEquals(Optional.of(broken), status.file());
    assertTrue(status.trouble().contains("file too short"), status.trouble());
  }

  @Test
  void javaCppIsGivenTheDirectoriesThatWereUsedAndNoOthers() throws IOException {
    Files.copy(LOADABLE, second.resolve("libcurand.so.10"));
    assertEquals(List.of(second), CudaProbe.diagnose(path).directories(path));
  }

  @Test
  void aFileThatIsNoDriverIsAnObstacle() throws IOException {
    Files.copy(LOADABLE, first.resolve(CudaLibrary.DRIVER));
    CudaProbe probe = CudaProbe.prepare(path);
    assertTrue(
        probe.unavailableReason().orElse("").startsWith("libcuda.so.1 is not a CUDA driver"), "");
    assertEquals(1, probe.libraries().size(), "prepare stops at the first problem");
    assertEquals(0, probe.devices());
  }

  @Test
  void versionsAsPeopleWriteThem() {
    assertEquals("13.1", CudaProbe.version(13_010));
    assertEquals("12.4", CudaProbe.version(12_040));
  }

  @Test
  void cudnnsEnginesAreLookedForTooThoughNothingLinksThem() {
    CudaProbe probe = CudaProbe.diagnose(path);
    for (String soname :
        List.of(
            "libcudnn_heuristic.so.9",
            "libcudnn_engines_precompiled.so.9",
            "libcudnn_engines_runtime_compiled.so.9")) {
      assertTrue(find(probe, soname).isObstacle(), soname);
    }
  }
}
