package io.github.cnnevolution.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache of native libraries, in processes of their own and with small files as libraries. */
class NativeCacheTest {
  private static final int PROCESSES = 8;
  private static final int LARGE = 60_000_007;

  @TempDir private Path directory;
  private Path jar;
  private Path root;

  @BeforeEach
  void makeJar() throws IOException {
    makeJar(3_000_007);
    root = Files.createDirectory(directory.resolve("cache"));
  }

  private void makeJar(int bytes) throws IOException {
    jar = directory.resolve("fake.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      add(out, "fake/one/libone.so", 7_007);
      add(out, "fake/two/libtwo.so.1", 1_007);
      add(out, "fake/two/liblarge.so", bytes);
      add(out, "fake/two/readme.txt", 7);
      add(out, "fake/two/include/libdeep.so", 7);
    }
  }

  private static void add(JarOutputStream out, String name, int size) throws IOException {
    JarEntry entry = new JarEntry(name);
    entry.setLastModifiedTime(FileTime.fromMillis(1_700_000_000_000L));
    out.putNextEntry(entry);
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = NativeCacheProbe.pattern(i);
    }
    out.write(bytes);
    out.closeEntry();
  }

  private Process start() throws IOException {
    String classPath = System.getProperty("java.class.path") + ":" + jar;
    return new ProcessBuilder(
            TestJvm.executable(),
            TestJvm.NO_SHARED_COUNTERS,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            NativeCacheProbe.class.getName(),
            root.toString())
        .redirectErrorStream(true)
        .start();
  }

  private static void assertLoads(Process process) throws Exception {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertEquals("loaded", said.strip());
  }

  private List<String> left() throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries.map(e -> e.getFileName().toString()).sorted().toList();
    }
  }

  private Path library(String name) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(f -> f.endsWith(name)).findFirst().orElseThrow();
    }
  }

  @Test
  void eightProcessesUnpackAtOnceSixTimes() throws Exception {
    eightProcessesUnpackAtOnce(6);
  }

  @Test
  @Tag("nightly")
  void eightProcessesUnpackAtOnceTwentyTimes() throws Exception {
    eightProcessesUnpackAtOnce(20);
  }

  private void eightProcessesUnpackAtOnce(int times) throws Exception {
    for (int round = 0; round < times; round++) {
      root = Files.createDirectory(directory.resolve("cache" + round));
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(start());
      }
      for (Process process : processes) {
        assertLoads(process);
      }
      List<String> left = left();
      assertEquals(2, left.size(), left.toString());
      assertEquals(".cnn-evolution.lock", left.get(0));
    }
  }

  @Test
  void aProcessKilledWhileUnpackingLeavesNothingHalf() throws Exception {
    makeJar(LARGE);
    Process killed = start();
    while (killed.isAlive() && largestFile() < LARGE / 10) {
      Thread.onSpinWait();
    }
    killed.destroyForcibly().waitFor();
    assertTrue(left().stream().anyMatch(name -> name.endsWith(".tmp")), left().toString());
    assertLoads(start());
    assertFalse(left().stream().anyMatch(name -> name.endsWith(".tmp")), left().toString());
  }

  private long largestFile() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).mapToLong(NativeCacheTest::size).max().orElse(0);
    } catch (java.io.UncheckedIOException e) {
      // A file was renamed while it was listed.
      return 0;
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void aProcessKilledWhileItLoadsIsNoHarm() throws Exception {
    assertLoads(start());
    Files.delete(library("complete.txt"));
    assertLoads(start());
    assertTrue(Files.exists(library("complete.txt")));
  }

  @Test
  void aLibraryOfTheRightSizeAndTimeWithWrongBytesIsReplaced() throws Exception {
    assertLoads(start());
    Path library = library("liblarge.so");
    FileTime time = Files.getLastModifiedTime(library);
    byte[] bytes = Files.readAllBytes(library);
    bytes[bytes.length / 2]++;
    Files.write(library, bytes);
    Files.setLastModifiedTime(library, time);
    assertLoads(start());
  }

  @Test
  void aLibraryThatEndsEarlyIsReplaced() throws Exception {
    assertLoads(start());
    Path library = library("liblarge.so");
    try (OutputStream out = Files.newOutputStream(library)) {
      out.write(1);
    }
    assertLoads(start());
  }

  @Test
  void aCopiedCacheIsTakenAsItIs() throws Exception {
    assertLoads(start());
    Path original = library("liblarge.so");
    Object inode = Files.getAttribute(original, "unix:ino");
    // What cp -a does to a file: same bytes, same time, another time of change.
    Files.setLastModifiedTime(original, Files.getLastModifiedTime(original));
    assertLoads(start());
    assertEquals(inode, Files.getAttribute(library("liblarge.so"), "unix:ino"));
  }

  @Test
  void aCacheThatCannotBeWrittenIsOneLineWithTheRemedy() throws Exception {
    Files.delete(root);
    Files.writeString(root, "a file");
    Process process = start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor());
    assertTrue(said.contains("NativeLibraryException: cannot unpack the native libraries"), said);
    assertTrue(said.contains("-Dorg.bytedeco.javacpp.cachedir=DIR"), said);
  }
}
