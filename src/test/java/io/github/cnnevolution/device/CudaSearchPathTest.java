package io.github.cnnevolution.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds the directory layouts of CUDA installations from empty files below a temporary root. */
class CudaSearchPathTest {
  private static final String RUNTIME = "libcudart.so.13";
  private static final String CUDNN = "libcudnn.so.9";

  @TempDir private Path root;

  private Path put(String file) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.exists(path) ? path : Files.createFile(path);
  }

  private CudaSearchPath search(Optional<Path> named, String preload, Map<String, String> more) {
    return CudaSearchPath.of(named, preload, more, root, root.resolve("home/me"));
  }

  private CudaSearchPath search(Map<String, String> environment) {
    return search(Optional.empty(), "", environment);
  }

  private String at(String directory) {
    return root.resolve(directory).toString();
  }

  @Test
  void searchesInTheDocumentedOrder() throws IOException {
    List<Path> expected =
        List.of(
            put("named/lib64/" + RUNTIME),
            put("preload/" + RUNTIME),
            put("ld1/" + RUNTIME),
            put("ld2/" + RUNTIME),
            put("cuda_path/lib64/" + RUNTIME),
            put("cuda_home/lib/" + RUNTIME),
            put("usr/local/cuda-13.10/lib64/" + RUNTIME),
            put("usr/local/cuda-13.9/targets/x86_64-linux/lib/" + RUNTIME),
            put("usr/local/cuda/lib64/" + RUNTIME),
            put("usr/lib/x86_64-linux-gnu/" + RUNTIME),
            put("usr/lib64/" + RUNTIME),
            put("opt/nvidia/" + RUNTIME),
            put("venv/lib/python3.12/site-packages/nvidia/cu13/lib/" + RUNTIME),
            put("conda/lib/python3.11/site-packages/nvidia/cu13/lib/" + RUNTIME),
            put("home/me/.local/lib/python3.13/site-packages/nvidia/cu13/lib/" + RUNTIME),
            put("usr/local/lib/python3.13/dist-packages/nvidia/cu13/lib/" + RUNTIME),
            put("usr/lib/python3/dist-packages/nvidia/cu13/lib/" + RUNTIME),
            put(
                "home/me/.pyenv/versions/3.12.4/lib/python3.12/site-packages/nvidia/cu13/lib/"
                    + RUNTIME));
    Files.createDirectories(root.resolve("etc/ld.so.conf.d"));
    Files.writeString(
        root.resolve("etc/ld.so.conf"),
        "include /etc/ld.so.conf.d/*.conf\n",
        StandardCharsets.UTF_8);
    Files.writeString(
        root.resolve("etc/ld.so.conf.d/nvidia.conf"),
        "# comment\n/opt/nvidia # more\n",
        StandardCharsets.UTF_8);
    CudaSearchPath path =
        search(
            Optional.of(root.resolve("named")),
            at("preload"),
            Map.of(
                "LD_LIBRARY_PATH", at("ld1") + "::" + at("ld2"),
                "CUDA_PATH", at("cuda_path"),
                "CUDA_HOME", at("cuda_home"),
                "VIRTUAL_ENV", at("venv"),
                "CONDA_PREFIX", at("conda")));
    assertEquals(expected, path.find(RUNTIME));
  }

  @Test
  void findsTheWheelsOfAPythonForCuda13() throws IOException {
    String packages = "venv/lib/python3.12/site-packages/nvidia/";
    put(packages + "cu13/lib/" + RUNTIME);
    Path cudnn = put(packages + "cudnn/lib/" + CUDNN);
    Path nccl = put(packages + "nccl/lib/libnccl.so.2");
    CudaSearchPath active = search(Map.of("VIRTUAL_ENV", at("venv")));
    assertEquals(List.of(cudnn), active.find(CUDNN));
    assertEquals(List.of(nccl), active.find("libnccl.so.2"));
    for (String named : List.of("venv", "venv/lib/python3.12/site-packages")) {
      CudaSearchPath path = search(Optional.of(root.resolve(named)), "", Map.of());
      assertEquals(List.of(cudnn), path.find(CUDNN), named);
    }
  }

  @Test
  void skipsAPythonForCuda12ThoughSomeSonamesAreTheSame() throws IOException {
    String packages = "venv/lib/python3.12/site-packages/nvidia/";
    put(packages + "cuda_runtime/lib/libcudart.so.12");
    put(packages + "cudnn/lib/" + CUDNN);
    put(packages + "cusparse/lib/libcusparse.so.12");
    CudaSearchPath path = search(Map.of("VIRTUAL_ENV", at("venv")));
    assertEquals(List.of(), path.find(CUDNN));
    assertEquals(List.of(), path.find("libcusparse.so.12"));
    assertFalse(CudaSearchPath.containsCuda13(root.resolve("venv")));
  }

  @Test
  void skipsAToolkitOfCuda12() throws IOException {
    put("usr/local/cuda/lib64/libcudart.so.12");
    put("usr/local/cuda/lib64/libcusparse.so.12");
    put("usr/local/cuda-12.8/lib64/" + CUDNN);
    assertEquals(List.of(), search(Map.of("CUDA_HOME", at("usr/local/cuda"))).directories());
  }

  @Test
  void findsCuptiInTheToolkitsExtras() throws IOException {
    Path cupti = put("usr/local/cuda-13.1/extras/CUPTI/lib64/libcupti.so.13");
    assertEquals(List.of(cupti), search(Map.of()).find("libcupti.so.13"));
  }

  @Test
  void isEmptyIfNoDirectoryExists() {
    CudaSearchPath path = search(Map.of("LD_LIBRARY_PATH", ":", "CUDA_HOME", at("gone")));
    assertEquals(List.of(), path.directories());
  }

  @Test
  void recognisesDirectoriesWithCuda13() throws IOException {
    assertFalse(CudaSearchPath.containsCuda13(root));
    put("flat/libcublas.so.12");
    assertFalse(CudaSearchPath.containsCuda13(root.resolve("flat")));
    put("flat/libcublas.so.13");
    assertTrue(CudaSearchPath.containsCuda13(root.resolve("flat")));
    put("toolkit/lib64/" + RUNTIME);
    assertTrue(CudaSearchPath.containsCuda13(root.resolve("toolkit")));
  }

  /** A Python that the PATH names: {@code bin} has a link to another installation's program. */
  private void python(String bin, String installation) throws IOException {
    Path program = put(installation + "/bin/python3.12");
    assertTrue(program.toFile().setExecutable(true));
    Path link = root.resolve(bin).resolve("python3");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, program);
  }

  @Test
  void findsTheLibrariesOfEachPythonOnThePath() throws IOException {
    python("work/env/bin", "opt/python");
    Path own = put("work/env/lib/python3.12/site-packages/nvidia/cudnn/lib/" + CUDNN);
    Path installed = put("opt/python/lib/python3.12/site-packages/nvidia/cudnn/lib/" + CUDNN);
    CudaSearchPath path = search(Map.of("PATH", at("bin") + ":" + at("work/env/bin")));
    assertEquals(List.of(own, installed), path.find(CUDNN));
    assertEquals(List.of(), search(Map.of("PATH", at("work/env"))).find(CUDNN));
  }

  @Test
  void findsTheOwnLibrariesOfAConda() throws IOException {
    python("conda/bin", "conda");
    Path lib = put("conda/lib/" + RUNTIME);
    Path target = put("conda/targets/x86_64-linux/lib/libcublas.so.13");
    assertEquals(List.of(), search(Map.of("PATH", at("conda/bin"))).find(RUNTIME));
    put("conda/conda-meta/history");
    for (String variable : List.of("PATH", "CONDA_PREFIX")) {
      CudaSearchPath path =
          search(Map.of(variable, at(variable.equals("PATH") ? "conda/bin" : "conda")));
      assertEquals(List.of(lib), path.find(RUNTIME), variable);
      assertEquals(List.of(target), path.find("libcublas.so.13"), variable);
    }
  }

  /** Everything that LibTorch needs, in one directory. */
  private void putAll(String directory) throws IOException {
    for (CudaLibrary library : CudaLibrary.values()) {
      if (library.isRequired()) {
        put(directory + "/" + library.soname());
      }
    }
  }

  @Test
  void aCompletePlaceComesBeforeOneThatLacksALibrary() throws IOException {
    put("usr/lib64/" + CUDNN);
    put("usr/local/cuda/lib64/" + RUNTIME);
    String wheels = "venv/lib/python3.12/site-packages/nvidia/cu13/lib";
    putAll(wheels);
    CudaSearchPath path = search(Map.of("VIRTUAL_ENV", at("venv")));
    assertEquals(root.resolve(wheels).resolve(CUDNN), path.find(CUDNN).get(0));
    assertEquals(root.resolve(wheels).resolve(RUNTIME), path.find(RUNTIME).get(0));
    Files.delete(root.resolve(wheels).resolve("libnccl.so.2"));
    path = search(Map.of("VIRTUAL_ENV", at("venv")));
    assertEquals(root.resolve("usr/lib64").resolve(CUDNN), path.find(CUDNN).get(0));
  }

  @Test
  void whatTheUserNamesComesBeforeACompletePlace() throws IOException {
    Path named = put("named/" + CUDNN);
    Path preloaded = put("preload/" + CUDNN);
    putAll("venv/lib/python3.12/site-packages/nvidia/cu13/lib");
    CudaSearchPath path =
        search(
            Optional.of(root.resolve("named")), at("preload"), Map.of("VIRTUAL_ENV", at("venv")));
    assertEquals(List.of(named, preloaded), path.find(CUDNN).subList(0, 2));
  }

  @Test
  void directoriesOfCuda12ThatCannotBeSkippedComeLast() throws IOException {
    put("usr/lib/x86_64-linux-gnu/libcudart.so.12");
    Path system = put("usr/lib/x86_64-linux-gnu/" + CUDNN);
    put("module12/lib64/libcudart.so.12");
    Path module = put("module12/lib64/" + CUDNN);
    Path wheel = put("venv/lib/python3.12/site-packages/nvidia/cudnn/lib/" + CUDNN);
    CudaSearchPath path =
        search(Map.of("VIRTUAL_ENV", at("venv"), "LD_LIBRARY_PATH", at("module12/lib64")));
    assertEquals(List.of(wheel, module, system), path.find(CUDNN));
  }
}
