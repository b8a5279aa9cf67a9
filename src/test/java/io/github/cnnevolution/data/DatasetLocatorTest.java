package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetLocatorTest {
  @TempDir Path home;

  private DatasetLocator locator() {
    return new DatasetLocator(Map.of(), home);
  }

  @Test
  void cacheDirectoryFollowsTheXdgSpecification() {
    assertEquals(home.resolve(".cache/cnn-evolution"), locator().cacheDirectory());
    assertEquals(
        Path.of("/somewhere/cnn-evolution"),
        new DatasetLocator(Map.of("XDG_CACHE_HOME", "/somewhere"), home).cacheDirectory());
    for (String ignored : new String[] {"", "relative/path"}) {
      assertEquals(
          home.resolve(".cache/cnn-evolution"),
          new DatasetLocator(Map.of("XDG_CACHE_HOME", ignored), home).cacheDirectory());
    }
  }

  @Test
  void readsTheGivenDirectory() throws Exception {
    Path directory = Sample.write(home.resolve("mine"));
    DatasetLocator.Located located =
        locator().locate(Optional.of(directory.toString()), ConversionListener.NONE);
    assertEquals(4, located.dataset().train().size());
    assertEquals(Optional.empty(), located.notice());
  }

  /** All images of the test part are training images, and the labels are coarse ones. */
  @Test
  void saysThatFilesAreProbablyMixedUp() throws Exception {
    int[] labels = new int[200];
    Arrays.setAll(labels, i -> i % 20);
    Path directory = Files.createDirectories(home.resolve("mine"));
    Files.write(directory.resolve("train.bin"), Sample.records(labels));
    Files.write(directory.resolve("test.bin"), Sample.records(Arrays.copyOf(labels, 50)));
    assertEquals(
        Optional.of(
            directory
                + ": 50 of 50 test images (100 %) are training images too, so test accuracy says little about new images;"
                + " all fine labels of train.bin are below 20, so 80 of the 100 classes have no image there; are they coarse labels?"),
        locator().locate(Optional.of(directory.toString()), ConversionListener.NONE).notice());
  }

  @Test
  void generatesSyntheticImagesOnRequest() throws Exception {
    Sample.write(locator().cacheDirectory().resolve("cifar-100-binary"));
    DatasetLocator.Located located =
        locator().locate(Optional.of("synthetic"), ConversionListener.NONE);
    assertEquals("synthetic (600 training, 1000 test images, seed 1)", located.dataset().name());
    assertEquals(Optional.empty(), located.notice());
  }

  @Test
  void usesTheDownloadByDefault() throws Exception {
    Sample.write(locator().cacheDirectory().resolve("cifar-100-binary"));
    DatasetLocator.Located located = locator().locate(Optional.empty(), ConversionListener.NONE);
    assertTrue(located.dataset().name().startsWith("CIFAR-100 (4 training"));
    assertEquals(Optional.empty(), located.notice());
  }

  @Test
  void fallsBackToSyntheticImagesWithANotice() throws Exception {
    DatasetLocator.Located located = locator().locate(Optional.empty(), ConversionListener.NONE);
    assertTrue(located.dataset().name().startsWith("synthetic"));
    assertEquals(
        "CIFAR-100 is not in "
            + home.resolve(".cache/cnn-evolution/cifar-100-binary")
            + ", so synthetic images are used; to get CIFAR-100, run"
            + " `java -jar cnn-evolution.jar download`",
        located.notice().orElseThrow());
  }

  @Test
  void neverReplacesADamagedDownloadSilently() throws Exception {
    Path directory = Sample.write(locator().cacheDirectory().resolve("cifar-100-binary"));
    Files.delete(directory.resolve("test.bin"));
    assertThrows(
        DatasetException.class, () -> locator().locate(Optional.empty(), ConversionListener.NONE));
  }

  @Test
  void rejectsADirectoryWithoutImages() throws Exception {
    Files.createDirectories(home.resolve("cats/siamese"));
    String message =
        assertThrows(
                DatasetException.class,
                () ->
                    locator()
                        .locate(
                            Optional.of(home.resolve("cats").toString()), ConversionListener.NONE))
            .getMessage();
    assertTrue(message.startsWith(home.resolve("cats") + ": expected train/ with"), message);
    assertTrue(message.contains("found neither"), message);
  }

  @Test
  void rejectsAMissingDirectory() {
    for (String data : new String[] {"/no/such/directory", "no\0path"}) {
      assertThrows(
          DatasetException.class,
          () -> locator().locate(Optional.of(data), ConversionListener.NONE));
    }
  }
}
