package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar100DownloadTest {
  private static final String PREFIX = "cifar-100-binary/";
  private static final int ATTEMPTS = 3;
  private static final RetryPolicy QUICK =
      new RetryPolicy(ATTEMPTS, Duration.ofMillis(1), Duration.ofMinutes(2), Duration.ofMinutes(2));
  private static final RetryPolicy ONCE =
      new RetryPolicy(1, Duration.ZERO, Duration.ofMinutes(2), Duration.ofMinutes(2));

  @TempDir Path root;
  private final Map<String, byte[]> entries = new TreeMap<>();
  private byte[] archive = {};
  private ArchiveServer server;

  @AfterEach
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void downloadsOnlyTheRequiredFiles() throws IOException {
    serveAll();
    Cifar100Download download = download(ONCE);
    Cifar100Download.Result result = download.run(Cifar100DownloadTest::ignore);
    assertTrue(result.fetched());
    assertEquals("CIFAR-100 is now in " + cache().resolve("cifar-100-binary"), result.message());
    assertEquals(cache().resolve("cifar-100-binary"), result.directory());
    assertEquals(
        List.of("coarse_label_names.txt", "fine_label_names.txt", "test.bin", "train.bin"),
        names(result.directory()));
    for (String file : names(result.directory())) {
      assertEquals(
          HexFormat.of().formatHex(entries.get(PREFIX + file)),
          HexFormat.of().formatHex(Files.readAllBytes(result.directory().resolve(file))));
    }
    assertEquals(List.of("cifar-100-binary", "download.lock"), names(cache()));
    assertEquals(400, Cifar100Files.read(result.directory()).train().size());
  }

  @Test
  void progressGrowsToTheTotal() throws IOException {
    serveAll();
    List<Long> bytes = new ArrayList<>();
    download(ONCE)
        .run(
            (soFar, total) -> {
              assertEquals(archive.length, total);
              bytes.add(soFar);
            });
    assertTrue(bytes.size() > 2);
    assertEquals(0, bytes.get(0));
    assertEquals(bytes.stream().sorted().toList(), bytes);
    assertEquals(archive.length, bytes.get(bytes.size() - 1));
  }

  @Test
  void aSecondRunFetchesNothing() throws IOException {
    serveAll();
    download(ONCE).run(Cifar100DownloadTest::ignore);
    Cifar100Download.Result second = download(ONCE).run(Cifar100DownloadTest::ignore);
    assertFalse(second.fetched());
    assertEquals(
        "CIFAR-100 is already in " + second.directory() + "; nothing to download",
        second.message());
    assertEquals(1, server.requests().size());
  }

  @Test
  void damagedFilesAreFetchedAgain() throws IOException {
    serveAll();
    Path directory = download(ONCE).run(Cifar100DownloadTest::ignore).directory();
    Files.write(directory.resolve("test.bin"), new byte[] {1});
    assertTrue(download(ONCE).run(Cifar100DownloadTest::ignore).fetched());
    assertEquals(300, Cifar100Files.read(directory).test().orElseThrow().size());
  }

  @Test
  void keepsAFileOfTheUserBesideDamagedFiles() throws IOException {
    serveAll();
    Path directory = download(ONCE).run(Cifar100DownloadTest::ignore).directory();
    Files.delete(directory.resolve("test.bin"));
    Files.writeString(directory.resolve("notes.txt"), "mine");
    assertThrows(DownloadException.class, () -> download(ONCE).run(Cifar100DownloadTest::ignore));
    assertEquals("mine", Files.readString(directory.resolve("notes.txt")));
  }

  @Test
  void aLostConnectionIsResumedByTheNextRunWithoutFetchingAByteTwice() throws IOException {
    int half = makeArchive() / 2;
    server =
        new ArchiveServer(
            (exchange, number) -> {
              exchange.getResponseHeaders().set("ETag", "\"version 1\"");
              server.serve(exchange, archive, number == 0 ? half : archive.length);
            });
    DownloadException lost =
        assertThrows(
            DownloadException.class, () -> download(ONCE).run(Cifar100DownloadTest::ignore));
    long kept = Files.size(part());
    assertTrue(kept > 0 && kept <= half, kept + " of " + half);
    assertTrue(
        lost.getMessage()
            .endsWith(
                part()
                    + " has "
                    + kept
                    + " bytes so far, and running `java -jar cnn-evolution.jar download` again"
                    + " resumes it"),
        lost.getMessage());

    List<Long> bytes = new ArrayList<>();
    assertTrue(download(ONCE).run((soFar, total) -> bytes.add(soFar)).fetched());
    assertEquals(
        List.of(
            new ArchiveServer.Request(Optional.empty(), Optional.empty()),
            new ArchiveServer.Request(
                Optional.of("bytes=" + kept + "-"), Optional.of("\"version 1\""))),
        server.requests());
    assertEquals(half + archive.length - kept, server.sent());
    assertEquals(kept, bytes.get(0));
    assertEquals(archive.length, bytes.get(bytes.size() - 1));
  }

  @Test
  void aLostConnectionIsResumedWithoutANewRun() throws IOException {
    makeArchive();
    server =
        new ArchiveServer(
            (exchange, number) ->
                server.serve(exchange, archive, archive.length * (number + 1) / ATTEMPTS));
    assertTrue(download(QUICK).run(Cifar100DownloadTest::ignore).fetched());
    assertEquals(ATTEMPTS, server.requests().size());
    assertTrue(server.requests().get(2).range().isPresent());
  }

  @Test
  void aServerThatAlwaysClosesTheConnectionIsAFailure() throws IOException {
    makeArchive();
    server = new ArchiveServer((exchange, number) -> server.serve(exchange, archive, 0));
    String message = failure(QUICK);
    assertTrue(message.contains("failed after 3 attempts: "), message);
    assertEquals(ATTEMPTS, server.requests().size());
  }

  @Test
  void aServerThatIgnoresRangesSendsTheWholeFileAgain() throws IOException {
    makeArchive();
    server =
        new ArchiveServer(
            (exchange, number) -> {
              if (number == 0) {
                server.serve(exchange, archive, archive.length / 2);
              } else {
                server.serveWhole(exchange, archive);
              }
            });
    assertTrue(download(QUICK).run(Cifar100DownloadTest::ignore).fetched());
    assertTrue(server.requests().get(1).range().isPresent());
  }

  @Test
  void aRangeThatWasNotRequestedIsNotAppended() throws IOException {
    writePart(Arrays.copyOf(archive(), 1000));
    server =
        new ArchiveServer(
            (exchange, number) -> {
              if (number == 0) {
                exchange
                    .getResponseHeaders()
                    .set("Content-Range", "bytes 0-%d/%d".formatted(9, archive.length));
                exchange.sendResponseHeaders(206, 10);
                exchange.getResponseBody().write(archive, 0, 10);
                exchange.close();
              } else {
                server.serve(exchange, archive);
              }
            });
    assertTrue(download(ONCE).run(Cifar100DownloadTest::ignore).fetched());
    assertEquals(Optional.empty(), server.requests().get(1).range());
  }

  @Test
  void aCompletePartFileIsNotFetchedAgain() throws IOException {
    writePart(archive());
    server = new ArchiveServer((exchange, number) -> server.serve(exchange, archive));
    assertTrue(download(ONCE).run(Cifar100DownloadTest::ignore).fetched());
    assertEquals(0, server.sent());
  }

  @Test
  void aPartFileThatIsTooLongIsRestarted() throws IOException {
    writePart(Arrays.copyOf(archive(), archive.length + 5));
    server = new ArchiveServer((exchange, number) -> server.serve(exchange, archive));
    assertTrue(download(ONCE).run(Cifar100DownloadTest::ignore).fetched());
    assertEquals(archive.length, server.sent());
  }

  @Test
  void aWrongChecksumDeletesThePartFileAndNamesBothChecksums() throws IOException {
    serveAll();
    String right = md5(archive);
    String wrong = "0123456789abcdef0123456789abcdef";
    Cifar100Download download = new Cifar100Download(cache(), server.uri(), wrong, ONCE);
    String message =
        assertThrows(DownloadException.class, () -> download.run(Cifar100DownloadTest::ignore))
            .getMessage();
    assertTrue(message.contains("expected MD5 " + wrong + ", found " + right), message);
    assertEquals(List.of("download.lock"), names(cache()));
  }

  @Test
  void aMissingFileOnTheServerIsNotRetried() throws IOException {
    makeArchive();
    server = new ArchiveServer((exchange, number) -> server.refuse(exchange, 404));
    String message = failure(QUICK);
    assertTrue(message.contains(server.uri() + ": the server answered with status 404"), message);
    assertEquals(1, server.requests().size());
  }

  @Test
  void aServerErrorIsRetried() throws IOException {
    makeArchive();
    server =
        new ArchiveServer(
            (exchange, number) -> {
              if (number < 2) {
                server.refuse(exchange, 503);
              } else {
                server.serve(exchange, archive);
              }
            });
    assertTrue(download(QUICK).run(Cifar100DownloadTest::ignore).fetched());
  }

  @Test
  void aPermanentServerErrorIsNamed() throws IOException {
    makeArchive();
    server = new ArchiveServer((exchange, number) -> server.refuse(exchange, 500));
    String message = failure(QUICK);
    assertTrue(
        message.contains("failed after 3 attempts: the server answered with status 500"), message);
  }

  @Test
  void aStalledServerIsAFailure() throws IOException {
    makeArchive();
    CountDownLatch over = new CountDownLatch(1);
    server =
        new ArchiveServer(
            (exchange, number) -> {
              exchange.sendResponseHeaders(200, archive.length);
              exchange.getResponseBody().write(archive, 0, 100);
              exchange.getResponseBody().flush();
              awaitQuietly(over);
            });
    RetryPolicy shortTimeout =
        new RetryPolicy(1, Duration.ZERO, Duration.ofMinutes(2), Duration.ofSeconds(3));
    String message = failure(shortTimeout);
    over.countDown();
    assertTrue(message.contains("the server sent nothing for 3000 ms"), message);
  }

  @Test
  void aRefusedConnectionIsOneLine() throws IOException {
    serveAll();
    server.close();
    String message = failure(QUICK);
    assertTrue(message.contains("failed after 3 attempts: "), message);
  }

  @Test
  void anInterruptEndsTheDownloadAndKeepsThePartFile() throws Exception {
    makeArchive();
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    server =
        new ArchiveServer(
            (exchange, number) -> {
              exchange.sendResponseHeaders(200, archive.length);
              exchange.getResponseBody().write(archive, 0, 100);
              exchange.getResponseBody().flush();
              awaitQuietly(over);
            });
    AtomicReference<String> message = new AtomicReference<>("");
    AtomicReference<Boolean> flag = new AtomicReference<>(false);
    Thread thread =
        new Thread(
            () -> {
              try {
                download(QUICK)
                    .run(
                        (soFar, total) -> {
                          if (soFar == 100) {
                            started.countDown();
                          }
                        });
              } catch (DownloadException e) {
                message.set(e.getMessage());
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    thread.start();
    started.await();
    thread.interrupt();
    thread.join();
    over.countDown();
    assertEquals(
        "the download was interrupted; running `java -jar cnn-evolution.jar download` again"
            + " resumes it",
        message.get());
    assertTrue(flag.get());
    assertEquals(100, Files.size(part()));
    assertEquals(1, server.requests().size());
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws IOException {
    serveAll();
    Path file = Files.writeString(root.resolve("file"), "in the way");
    Cifar100Download download =
        new Cifar100Download(file.resolve("cache"), server.uri(), md5(archive), ONCE);
    String message =
        assertThrows(DownloadException.class, () -> download.run(Cifar100DownloadTest::ignore))
            .getMessage();
    assertTrue(message.startsWith("cannot use " + file.resolve("cache") + ": "), message);
    assertEquals(1, message.lines().count());
    assertEquals(0, server.requests().size());
  }

  @Test
  void anEntryCannotLeaveTheDirectory() throws IOException {
    makeArchive();
    entries.put("../../escaped.txt", new byte[] {1});
    entries.put(PREFIX + "../../../train.bin", new byte[] {1});
    entries.put(root.resolve("absolute.txt").toString(), new byte[] {1});
    archive = pack(entries);
    server = new ArchiveServer((exchange, number) -> server.serve(exchange, archive));
    Path directory = download(ONCE).run(Cifar100DownloadTest::ignore).directory();
    assertEquals(4, names(directory).size());
    assertEquals(400, Cifar100Files.read(directory).train().size());
    assertEquals(List.of("cache"), names(root));
  }

  @Test
  void anIncompleteArchiveIsNotInstalled() throws IOException {
    makeArchive();
    entries.remove(PREFIX + "test.bin");
    archive = pack(entries);
    server = new ArchiveServer((exchange, number) -> server.serve(exchange, archive));
    String message = failure(ONCE);
    assertTrue(message.contains("the archive lacks test.bin"), message);
    assertFalse(Files.exists(cache().resolve("cifar-100-binary")));
  }

  @Test
  void leftoversOfAnInterruptedUnpackingAreReplaced() throws IOException {
    serveAll();
    Sample.write(cache().resolve("cifar-100-binary.unpacking"));
    assertTrue(download(ONCE).run(Cifar100DownloadTest::ignore).fetched());
    assertEquals(List.of("cifar-100-binary", "download.lock"), names(cache()));
  }

  @Test
  void twoDownloadsCannotUseTheSameCache() throws IOException {
    serveAll();
    Files.createDirectories(cache());
    try (FileChannel channel =
        FileChannel.open(
            cache().resolve("download.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      FileLock lock = channel.lock();
      assertEquals(
          "another download into "
              + cache()
              + " is running and holds download.lock; wait for it to end",
          failure(ONCE));
      assertTrue(lock.isValid());
    }
    assertEquals(0, server.requests().size());
    assertTrue(download(ONCE).run(Cifar100DownloadTest::ignore).fetched());
  }

  @Test
  void rejectsAnInvalidChecksum() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Cifar100Download(cache(), Cifar100Download.SOURCE, "abc", ONCE));
  }

  @Test
  void eachPauseIsTwiceAsLong() {
    assertEquals(Duration.ofSeconds(1), RetryPolicy.DEFAULT.pauseAfter(1));
    assertEquals(Duration.ofSeconds(8), RetryPolicy.DEFAULT.pauseAfter(4));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO, Duration.ZERO));
  }

  private Path cache() {
    return root.resolve("cache");
  }

  private Path part() {
    return cache().resolve("cifar-100-binary.tar.gz.part");
  }

  private Cifar100Download download(RetryPolicy retryPolicy) {
    return new Cifar100Download(cache(), server.uri(), md5(archive), retryPolicy);
  }

  /** Runs a download that must fail, and returns its one-line message. */
  private String failure(RetryPolicy retryPolicy) {
    String message =
        assertThrows(
                DownloadException.class,
                () -> download(retryPolicy).run(Cifar100DownloadTest::ignore))
            .getMessage();
    assertEquals(1, message.lines().count());
    return message;
  }

  private void serveAll() throws IOException {
    makeArchive();
    server = new ArchiveServer((exchange, number) -> server.serve(exchange, archive));
  }

  private void writePart(byte[] bytes) throws IOException {
    Files.createDirectories(cache());
    Files.write(part(), bytes);
  }

  private byte[] archive() throws IOException {
    makeArchive();
    return archive;
  }

  /**
   * Builds an archive like the official one, about 2 MB: noise does not compress. Returns its size.
   */
  private int makeArchive() throws IOException {
    entries.put(PREFIX + "train.bin", noisyRecords(400));
    entries.put(PREFIX + "test.bin", noisyRecords(300));
    entries.put(PREFIX + "fine_label_names.txt", new byte[] {'a', '\n'});
    entries.put(PREFIX + "coarse_label_names.txt", new byte[] {'b', '\n'});
    entries.put(PREFIX + "batches.meta.txt", new byte[] {'c', '\n'});
    archive = pack(entries);
    return archive.length;
  }

  private static byte[] noisyRecords(int count) {
    byte[] records = new byte[count * Sample.RECORD];
    new SplittableRandom(count).nextBytes(records);
    for (int i = 0; i < count; i++) {
      records[i * Sample.RECORD] = (byte) (i % 20);
      records[i * Sample.RECORD + 1] = (byte) (i % 100);
    }
    return records;
  }

  private static byte[] pack(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      for (Map.Entry<String, byte[]> file : entries.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static void ignore(long soFar, long total) {}

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
