package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cnnevolution.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassFoldersTest {
  private static final List<String> CLASSES = List.of("Newt", "ant", "bee");

  private static final ConversionListener NO_CONVERSION =
      (done, total) -> fail("converted, although it was in the cache");

  @TempDir private Path home;

  private final List<Integer> converted = new ArrayList<>();

  private Path data() {
    return home.resolve("own");
  }

  private Path train(String file) {
    return data().resolve("train").resolve(file);
  }

  private DatasetLocator.Located locate(ConversionListener listener) throws InterruptedException {
    return new DatasetLocator(Map.of(), home).locate(Optional.of(data().toString()), listener);
  }

  /** Reads the directory, and records how many pictures were converted. */
  private Dataset read() throws InterruptedException {
    int[] count = {0};
    Dataset dataset = locate((done, total) -> count[0] = done).dataset();
    converted.add(count[0]);
    return dataset;
  }

  private void fillAll() throws IOException {
    Pictures.fill(data().resolve("train"), CLASSES, 4);
    Pictures.fill(data().resolve("val"), CLASSES, 2);
    Pictures.fill(data().resolve("test"), CLASSES, 3);
  }

  private String refusal() {
    return assertThrows(DatasetException.class, this::read).getMessage();
  }

  private static byte[] pixels(ImageSet images, int image) {
    byte[] pixels = new byte[ImageSet.PIXELS];
    images.pixels().position(image * ImageSet.PIXELS).get(pixels);
    return pixels;
  }

  @Test
  void convertsPicturesAsPredictDoes() throws Exception {
    fillAll();
    List<String> progress = new ArrayList<>();
    DatasetLocator.Located located = locate((done, total) -> progress.add(done + "/" + total));
    assertEquals(Optional.empty(), located.notice());
    assertEquals(IntStream.rangeClosed(1, 27).mapToObj(i -> i + "/27").toList(), progress);
    Dataset dataset = located.dataset();
    assertEquals(
        "pictures (3 classes, 12 training, 6 validation, 9 test images, %s)".formatted(data()),
        dataset.name());
    assertEquals(CLASSES, dataset.classes().names());
    assertEquals(6, dataset.validation().orElseThrow().size());
    assertArrayEquals(
        new long[] {0, 1, 2, 0, 1, 2, 0, 1, 2}, dataset.test().orElseThrow().labels());
    assertEquals(3, dataset.train().classes());
    for (int i = 0; i < 12; i++) {
      assertEquals(i % 3, dataset.train().label(i), "round robin, so any prefix is balanced");
      String ending = List.of("png", "jpg", "JPEG").get(i / 3 % 3);
      Path file = train(CLASSES.get(i % 3)).resolve(i / 3 + "." + ending);
      assertArrayEquals(PictureFile.read(file), pixels(dataset.train(), i), file.toString());
    }
  }

  @Test
  void extraPicturesOfAClassComeLast() throws Exception {
    Pictures.fill(data().resolve("train"), CLASSES, 2);
    Pictures.write(train("ant/more.png"), 9, 9, 0, 1);
    assertArrayEquals(new long[] {0, 1, 2, 0, 1, 2, 1}, read().train().labels());
  }

  @Test
  void usesASeparateValidationPartOrSplitsTheTrainingImages() throws Exception {
    fillAll();
    Dataset separate = read();
    assertEquals(separate.train(), StratifiedSplit.of(separate).training());
    assertEquals(separate.validation().orElseThrow(), StratifiedSplit.of(separate).validation());
    Files.move(data().resolve("val"), home.resolve("away"));
    Dataset without = read();
    assertEquals(Optional.empty(), without.validation());
    assertEquals(3, StratifiedSplit.of(without).validation().size());
    assertEquals(9, StratifiedSplit.of(without).training().size());
    assertNotEquals(separate.digest(), without.digest());
  }

  @Test
  void hasNoTestImagesWithoutATestDirectory() throws Exception {
    Pictures.fill(data().resolve("train"), CLASSES, 4);
    DatasetLocator.Located located = locate(ConversionListener.NONE);
    assertEquals(Optional.empty(), located.dataset().test());
    assertEquals(12, located.dataset().train().size());
    assertEquals(
        Optional.of(data() + ": no test/, so no test accuracy is measured"), located.notice());
  }

  @Test
  void skipsAndCountsHiddenFilesAndOtherFiles() throws Exception {
    fillAll();
    Dataset before = read();
    Files.writeString(train("notes.txt"), "beside the folders");
    Files.writeString(train("ant/notes.txt"), "no picture");
    Files.writeString(train("ant/.hidden.png"), "no picture either");
    Files.createDirectories(train("bee/deeper.png"));
    Files.createDirectories(train(".thumbnails"));
    Files.createDirectories(data().resolve("test/.thumbnails"));
    DatasetLocator.Located located = locate(NO_CONVERSION);
    assertEquals(
        Optional.of(data() + ": skipped entries that are hidden or not .png, .jpg or .jpeg: 6"),
        located.notice());
    assertEquals(before, located.dataset());
  }

  @Test
  void namesPicturesInFormatsThatAreNotRead() throws Exception {
    fillAll();
    Files.writeString(train("ant/notes.txt"), "no picture");
    Files.writeString(train("ant/.hidden.webp"), "hidden");
    Files.writeString(train("bee/a.WebP"), "not looked at");
    Files.writeString(data().resolve("test/ant/b.heic"), "not looked at");
    DatasetLocator.Located located = locate(ConversionListener.NONE);
    assertEquals(
        Optional.of(
            data()
                + ": skipped entries that are hidden or not .png, .jpg or .jpeg: 4; pictures among them, which would have to be converted to PNG or JPEG: train/bee/a.WebP, test/ant/b.heic"),
        located.notice());
    for (int i = 0; i < 12; i++) {
      Files.writeString(train("ant/%02d.gif".formatted(i)), "not looked at");
    }
    String notice = locate(ConversionListener.NONE).notice().orElseThrow();
    assertTrue(notice.endsWith("train/ant/08.gif, train/ant/09.gif and 4 more"), notice);
  }

  @Test
  void aSecondReadConvertsNothing() throws Exception {
    fillAll();
    Dataset first = read();
    Dataset second = locate(NO_CONVERSION).dataset();
    assertEquals(first, second);
    assertEquals(first.digest(), second.digest());
  }

  /**
   * The cache belongs to the real path. A copy of the pictures in another directory would be
   * converted again.
   */
  @Test
  void anotherPathToTheSameDirectoryConvertsNothing() throws Exception {
    fillAll();
    Dataset first = read();
    Path link = Files.createSymbolicLink(home.resolve("link"), data());
    Dataset second =
        new DatasetLocator(Map.of(), home)
            .locate(Optional.of(link.toString()), NO_CONVERSION)
            .dataset();
    assertEquals(first.digest(), second.digest());
  }

  /** The changed file has the same size and modification time, as after {@code cp -p}. */
  @Test
  void aChangedPictureIsNoticedAndTheOldConversionReplaced() throws Exception {
    fillAll();
    Dataset first = read();
    Path file = train("bee/0.png");
    FileTime time = Files.getLastModifiedTime(file);
    byte[] old = Files.readAllBytes(file);
    Path other = Pictures.write(home.resolve("other.png"), 10, 10, 0.9f, 99);
    byte[] changed = Arrays.copyOf(Files.readAllBytes(other), old.length);
    assertFalse(Arrays.equals(old, changed));
    Files.write(file, changed);
    Files.setLastModifiedTime(file, time);
    Dataset second = read();
    assertNotEquals(first.train(), second.train());
    assertArrayEquals(PictureFile.read(file), pixels(second.train(), 2));
    Files.delete(train("bee/1.jpg"));
    assertEquals(11, read().train().size());
    Files.move(train("ant/0.png"), train("ant/9.png"));
    read();
    assertEquals(List.of(27, 27, 26, 26), converted);
    assertEquals(1, cached().size(), "one file for a directory");
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve(".cache/cnn-evolution/pictures"))) {
      return files.toList();
    }
  }

  @Test
  void aDamagedCacheFileIsRewritten() throws Exception {
    fillAll();
    Dataset intact = read();
    Path file = cached().get(0);
    byte[] good = Files.readAllBytes(file);
    List<byte[]> damaged = new ArrayList<>();
    for (int at : new int[] {0, 23, 30, 57, good.length / 2, good.length - 33, good.length - 1}) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      damaged.add(bad);
    }
    damaged.add(new byte[0]);
    damaged.add(Arrays.copyOf(good, good.length / 2));
    damaged.add(Arrays.copyOf(good, good.length + 1));
    for (byte[] bad : damaged) {
      Files.write(file, bad);
      assertEquals(intact, read());
      assertArrayEquals(good, Files.readAllBytes(file), "the cache file is valid again");
    }
    assertEquals(List.of(27), converted.stream().distinct().toList());
  }

  /** A process that is killed while it writes leaves a temporary file with another name. */
  @Test
  void aHalfWrittenCacheFileIsNotRead() throws Exception {
    fillAll();
    Dataset intact = read();
    Path file = cached().get(0);
    Path half = file.resolveSibling("." + file.getFileName() + ".x.tmp");
    Files.move(file, half, StandardCopyOption.ATOMIC_MOVE);
    Files.write(half, Arrays.copyOf(Files.readAllBytes(half), 1000));
    assertEquals(intact, read());
    assertEquals(List.of(27, 27), converted);
    assertEquals(intact, locate(NO_CONVERSION).dataset());
  }

  @Test
  void anUnwritableCacheOnlyCostsTime() throws Exception {
    fillAll();
    Files.createDirectories(home.resolve(".cache"));
    Files.writeString(home.resolve(".cache/cnn-evolution"), "a file in the way");
    for (int i = 0; i < 2; i++) {
      int[] count = {0};
      DatasetLocator.Located located = locate((done, total) -> count[0] = done);
      assertEquals(27, count[0]);
      assertEquals(12, located.dataset().train().size());
      assertTrue(
          located.notice().orElseThrow().contains("the converted pictures cannot be cached (/"),
          located.notice().orElseThrow());
    }
  }

  @Test
  void allBrokenPicturesAreNamed() throws Exception {
    fillAll();
    Files.writeString(train("bee/3.png"), "no picture");
    Files.writeString(train("bee/1.jpg"), "no picture");
    Files.createSymbolicLink(train("ant/broken.png"), Path.of("nowhere"));
    assertEquals(
        data()
            + ": expected PNG or JPEG pictures, found 3 pictures that cannot be read:"
            + " train/bee/1.jpg (is neither PNG nor JPEG), train/bee/3.png (is neither PNG nor JPEG),"
            + " train/ant/broken.png (is a broken link); replace them or remove them",
        refusal());
    Files.delete(train("bee/3.png"));
    Files.delete(train("ant/broken.png"));
    assertEquals(
        train("bee/1.jpg")
            + ": expected a PNG or JPEG picture, found one that cannot be read (is neither PNG nor JPEG); replace it or remove it",
        refusal());
    Files.delete(train("bee/1.jpg"));
    Files.createSymbolicLink(train("bee/1.jpg"), Path.of("nowhere"));
    assertTrue(refusal().startsWith(train("bee/1.jpg") + ": "), refusal());
    assertTrue(refusal().contains("(is a broken link)"), refusal());
    Files.delete(train("bee/1.jpg"));
    byte[] intact = Files.readAllBytes(data().resolve("test/ant/0.png"));
    Files.write(data().resolve("test/ant/0.png"), Arrays.copyOf(intact, intact.length / 2));
    assertTrue(refusal().startsWith(data() + "/test/ant/0.png: expected a PNG or JPEG"), refusal());
  }

  /** The message stays readable: ten names and a number. */
  @Test
  void ofManyBrokenPicturesTenAreNamed() throws Exception {
    fillAll();
    for (int i = 0; i < 25; i++) {
      Files.writeString(train("bee/bad" + (10 + i) + ".png"), "");
    }
    String message = refusal();
    assertTrue(message.contains("found 25 pictures that cannot be read: "), message);
    assertTrue(message.contains("train/bee/bad19.png (is empty) and 15 more; "), message);
    assertFalse(message.contains("bad20"), message);
  }

  @Test
  void saysWhichDirectoriesAreNotUsed() throws Exception {
    fillAll();
    Files.createDirectories(data().resolve("validation/ant"));
    Files.createDirectories(data().resolve("labels"));
    Files.createDirectories(data().resolve(".git"));
    Files.writeString(data().resolve("data.yaml"), "names:");
    assertEquals(
        Optional.of(
            data()
                + ": not used: labels/, validation/ (validation pictures belong in val/, test pictures in test/)"),
        locate(ConversionListener.NONE).notice());
  }

  @Test
  void saysThatPicturesOccurInTwoParts() throws Exception {
    fillAll();
    Files.copy(train("ant/0.png"), data().resolve("val/bee/copy.png"));
    Files.copy(train("ant/0.png"), data().resolve("test/bee/copy.png"));
    Files.copy(train("ant/1.jpg"), data().resolve("test/bee/copy.jpg"));
    assertEquals(
        Optional.of(
            data()
                + ": 1 of 7 validation images (14 %) are training images too, so fitness says little about new images;"
                + " 2 of 11 test images (18 %) are training images too, so test accuracy says little about new images"),
        locate(ConversionListener.NONE).notice());
  }

  private void assumeNamesOfUtf8() {
    assumeTrue(
        "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
        "file names of this process are not UTF-8; set LC_ALL=C.UTF-8");
  }

  /** As after a copy from macOS, which writes the decomposed form. */
  @Test
  void namesInTwoUnicodeFormsAreOneClassOrRefused() throws Exception {
    assumeNamesOfUtf8();
    String composed = "caf\u00e9";
    String decomposed = "cafe\u0301";
    Pictures.fill(data().resolve("train"), List.of(composed, "tea"), 2);
    Pictures.fill(data().resolve("val"), List.of(decomposed, "tea"), 1);
    Dataset dataset = read();
    assertEquals(List.of(composed, "tea"), dataset.classes().names());
    assertEquals(2, dataset.validation().orElseThrow().size());
    Pictures.fill(data().resolve("val"), List.of(composed), 1);
    String expected =
        ": expected class folders whose names look different, found '%s' in two Unicode forms (composed NFC and decomposed NFD); merge the two folders, or rename one";
    assertEquals(data() + "/val" + expected.formatted(composed), refusal());
    Pictures.fill(data().resolve("train"), List.of(decomposed), 2);
    assertEquals(data() + "/train" + expected.formatted(composed), refusal());
  }

  /** As unpacked from an old archive. Java cannot make such names, a shell can. */
  @Test
  void namesThatAreNotUtf8AreRead() throws Exception {
    fillAll();
    for (String script :
        List.of(
            "mv train/ant/0.png \"train/ant/$(printf 'caf\\351.png')\"",
            "cp train/ant/1.jpg \"train/ant/$(printf 'caf\\350.jpg')\"",
            "mv train/bee \"train/$(printf 'b\\351e')\" && cp -r train/Newt \"train/$(printf 'b\\350e')\"",
            "rm -r val test")) {
      Process shell =
          new ProcessBuilder("sh", "-c", script).directory(data().toFile()).inheritIO().start();
      assertEquals(0, shell.waitFor(), script);
    }
    Dataset dataset = read();
    assertEquals(List.of("Newt", "ant", "b\\xE8e", "b\\xE9e"), dataset.classes().names());
    assertEquals(17, dataset.train().size());
    assertEquals(dataset, locate(NO_CONVERSION).dataset());
  }

  @Test
  void rejectsInvalidFolders() throws Exception {
    Files.createDirectories(train("ant"));
    assertEquals(
        data()
            + "/train: expected at least 2 class folders, found only 'ant'; put the pictures of each class into a folder of its own there",
        refusal());
    Pictures.fill(data().resolve("train"), CLASSES, 2);
    Files.createDirectories(train("cow"));
    Files.writeString(Files.createDirectories(train("dog")).resolve("notes.txt"), "none");
    assertEquals(
        data()
            + "/train: expected pictures (.png, .jpg, .jpeg) in each class folder, found none in 'cow', 'dog'; fill or remove these folders",
        refusal());
    Pictures.fill(data().resolve("train"), List.of("cow", "dog"), 1);
    Pictures.fill(data().resolve("val"), List.of("ant", "elk", "fox"), 1);
    assertEquals(
        data()
            + "/val: expected only class folders that train/ has too, found 'elk', 'fox'; add them to train/, or remove them",
        refusal());
    Pictures.fill(data().resolve("train"), List.of("elk", "fox"), 1);
    assertEquals(3, read().validation().orElseThrow().size(), "val/ need not have every class");
    Files.createDirectories(data().resolve("test/ant"));
    assertEquals(
        data()
            + "/test: expected pictures (.png, .jpg, .jpeg) in its class folders, found none; fill or remove this directory",
        refusal());
    Files.delete(data().resolve("test/ant"));
    Files.delete(data().resolve("test"));
    Files.writeString(data().resolve("test"), "a file");
    assertTrue(refusal().contains("not a directory"), refusal());
  }

  @Test
  void distinguishesClassFoldersFromCifar100Files() throws Exception {
    Path binary = Sample.write(home.resolve("binary"));
    assertFalse(ClassFolders.isAt(binary));
    Files.createDirectories(binary.resolve("train"));
    assertFalse(ClassFolders.isAt(binary), "an empty train/ beside train.bin");
    assertFalse(ClassFolders.isAt(home.resolve("none")));
    Files.createDirectories(data().resolve("train"));
    assertTrue(ClassFolders.isAt(data()), "so that the message mentions class folders");
    assertTrue(refusal().contains("at least 2 class folders, found none"), refusal());
    Pictures.fill(data().resolve("train"), CLASSES, 1);
    assertTrue(ClassFolders.isAt(data()));
    assertEquals(CLASSES, ClassNames.read(data(), 3).names());
    String message =
        assertThrows(DatasetException.class, () -> ClassNames.read(data(), 100)).getMessage();
    assertTrue(message.contains("expected 100 class folders"), message);
  }

  /** Java compares strings by UTF-16, which would sort the second to last name last. */
  @Test
  void sortsClassesByCodePoint() throws Exception {
    assumeNamesOfUtf8();
    List<String> names = List.of("Z", "a", "z", "\u00e4", "\u4e2d", "\uff5e", "\ud835\udcb3");
    List<String> shuffled = new ArrayList<>(names);
    Collections.reverse(shuffled);
    Pictures.fill(data().resolve("train"), shuffled, 1);
    assertEquals(names, read().classes().names());
  }

  @Test
  void supportsLabelsAboveAByte() throws Exception {
    List<String> names = IntStream.range(1000, 1300).mapToObj(String::valueOf).toList();
    for (String name : names) {
      Pictures.write(train(name).resolve("one.png"), 2, 2, 0.5f, Integer.parseInt(name));
    }
    Dataset dataset = read();
    assertEquals(300, dataset.train().classes());
    assertArrayEquals(IntStream.range(0, 300).asLongStream().toArray(), dataset.train().labels());
  }

  @Test
  void anInterruptEndsAConversion() throws Exception {
    fillAll();
    assertThrows(
        InterruptedException.class,
        () ->
            locate(
                (done, total) -> {
                  if (done == 2) {
                    Thread.currentThread().interrupt();
                  }
                }));
    assertFalse(
        Files.exists(home.resolve(".cache/cnn-evolution/pictures")), "no cache file is written");
  }
}
