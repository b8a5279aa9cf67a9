package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.testing.RunStore;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that keep several networks ({@code --top_k}), with whatever happens to them. */
class TopIT {
  private static final int SIGKILLED = 128 + 9;
  private static final int TOP_K = 4;

  /** With a seed whose best networks are small, so that they are soon measured. */
  private static final String[] OPTIONS = {
    "--data",
    "synthetic",
    "--train_limit",
    "20",
    "--epochs",
    "1",
    "--batch_size",
    "10",
    "--pop_size",
    "5",
    "--generations",
    "3",
    "--mutation_rate",
    "0.3",
    "--seed",
    "8",
    "--max_flops",
    "60M"
  };

  /** What a run leaves that nothing interrupts. */
  private static Map<String, ByteBuffer> whole;

  @TempDir private static Path shared;
  @TempDir private Path directory;

  @BeforeAll
  static void aRun() throws Exception {
    Path run = shared.resolve("run");
    CommandLineRun done = evolve(run, "--top_k", "4", "--workers", "1");
    assertEquals(0, done.code(), done.err());
    assertTrue(done.out().contains("top     " + run.resolve("top") + "\n"), done.out());
    whole = models(run);
  }

  private static String[] arguments(String... more) {
    return Stream.concat(Stream.of(OPTIONS), Stream.of(more)).toArray(String[]::new);
  }

  private static CommandLineRun evolve(Path out, String... more) {
    return CommandLineRun.of(
        Stream.concat(Stream.of(arguments("--out", out.toString())), Stream.of(more))
            .toArray(String[]::new));
  }

  private static CommandLineRun resume(Path run, String... more) {
    CommandLineRun resumed =
        CommandLineRun.of(
            Stream.concat(Stream.of("evolve", "--resume", run.toString()), Stream.of(more))
                .toArray(String[]::new));
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals("", resumed.err());
    return resumed;
  }

  /** All networks that a run has kept and what it says of those behind the best, by file. */
  private static Map<String, ByteBuffer> models(Path run) throws IOException {
    Map<String, ByteBuffer> files = new TreeMap<>();
    List<Path> all = new ArrayList<>(List.of(run.resolve("best_model.pt")));
    if (Files.isDirectory(run.resolve("top"))) {
      try (Stream<Path> top = Files.list(run.resolve("top"))) {
        all.addAll(top.toList());
      }
    }
    for (Path file : all) {
      files.put(run.relativize(file).toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
    }
    return files;
  }

  private Path copy() throws IOException {
    Path copy = directory.resolve("copy");
    try (Stream<Path> files = Files.walk(shared.resolve("run"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(shared.resolve("run").relativize(file).toString()));
      }
    }
    return copy;
  }

  /** The networks of a run, the best first, as its store knows them. */
  private static List<Evaluation> ranking(Path run) {
    List<Evaluation> all = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
      store.forEach(stored -> all.add(stored.evaluation()));
    }
    return all.stream().filter(e -> !e.isFailed()).sorted(Evaluation.BEST_FIRST).toList();
  }

  private static List<String> againTrained(CommandLineRun run) {
    return run.outLines().stream().filter(line -> line.startsWith("retraining ")).toList();
  }

  /** What is said of a model, in the file beside it. */
  private static Path facts(Path model) {
    String name = model.getFileName().toString();
    return model.resolveSibling(
        name.equals("best_model.pt")
            ? "best_chromosome.json"
            : name.replaceFirst("\\.pt$", ".json"));
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void theBestNetworksAreThereAndUsable() throws Exception {
    Path run = shared.resolve("run");
    List<Evaluation> ranking = ranking(run);
    assertTrue(ranking.size() > TOP_K, "some must fall out: " + ranking.size());
    List<Path> files = new ArrayList<>(List.of(run.resolve("best_model.pt")));
    assertEquals(
        ranking.get(0).job().architecture().phenotype(),
        json(run.resolve("best_chromosome.json")).at("/architecture/phenotype").asText());
    for (int i = 1; i < TOP_K; i++) {
      Evaluation expected = ranking.get(i);
      String phenotype = expected.job().architecture().phenotype();
      JsonNode facts = json(run.resolve("top/" + phenotype + ".json"));
      assertEquals(i + 1, facts.get("rank").asInt());
      assertEquals(expected.job().chromosome().bits(), facts.get("chromosome").asText());
      assertEquals(expected.fitness(), facts.get("fitness").asDouble());
      assertEquals(phenotype, facts.at("/architecture/phenotype").asText());
      assertTrue(facts.get("test_accuracy").isNull(), "the test images are for the best alone");
      files.add(run.resolve("top/" + phenotype + ".pt"));
    }
    assertEquals(2 * TOP_K - 1, whole.size(), whole.keySet().toString());
    Path picture = directory.resolve("picture.png");
    BufferedImage image =
        new BufferedImage(ImageSet.SIDE, ImageSet.SIDE, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(image, "png", picture.toFile());
    HashSet<String> answers = new HashSet<>();
    for (Path file : files) {
      CommandLineRun predicted =
          CommandLineRun.of("predict", "--json", "--model", file.toString(), picture.toString());
      assertEquals(0, predicted.code(), predicted.err());
      answers.add(predicted.out());
      CommandLineRun exported =
          CommandLineRun.of(
              "export",
              "--format",
              "onnx",
              "--model",
              file.toString(),
              "--out",
              directory.resolve(file.getFileName() + ".onnx").toString());
      assertEquals(0, exported.code(), exported.err());
      CommandLineRun source =
          CommandLineRun.of("export", "--format", "python", "--model", file.toString());
      assertEquals(0, source.code(), source.err());
    }
    assertEquals(TOP_K, answers.size(), "four networks say four things: " + answers);
  }

  /** The JSON of one network and the weights of another are noticed. */
  @Test
  void aModelWithTheFactsOfAnotherIsRefused() throws Exception {
    Path run = copy();
    List<Evaluation> ranking = ranking(run);
    Path second = run.resolve("top/" + ranking.get(1).job().architecture().phenotype() + ".pt");
    Files.copy(run.resolve("best_model.pt"), directory.resolve(second.getFileName()));
    Files.copy(facts(second), directory.resolve(facts(second).getFileName()));
    CommandLineRun refused =
        CommandLineRun.of(
            "predict",
            "--model",
            directory.resolve(second.getFileName()).toString(),
            "no/such/image");
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("holds the weights of another network"), refused.err());
    Files.delete(facts(second));
    CommandLineRun alone =
        CommandLineRun.of("predict", "--model", second.toString(), "no/such/image");
    assertEquals(2, alone.code());
    assertTrue(alone.err().contains("missing; it lies beside the model"), alone.err());
  }

  @Test
  void twoWorkersLeaveTheSameFilesAsOne() throws Exception {
    Path run = directory.resolve("run");
    CommandLineRun done = evolve(run, "--top_k", "4", "--workers", "2");
    assertEquals(0, done.code(), done.err());
    assertEquals(List.of(), againTrained(done), "each is written when it is found");
    assertEquals(whole, models(run));
  }

  @Test
  void moreThanThereAreIsAll() throws Exception {
    Path run = directory.resolve("run");
    String[] options = arguments("--top_k", "100", "--out", run.toString());
    options[11] = "1";
    CommandLineRun done = CommandLineRun.of(options);
    assertEquals(0, done.code(), done.err());
    assertEquals(2 * ranking(run).size() - 1, models(run).size(), done.out());
    CommandLineRun again = resume(run);
    assertFalse(again.out().contains("generation 1/"), "nothing is computed: " + again.out());
  }

  /** Weights of networks that were not kept before are trained again, to the same bits. */
  @Test
  void anotherNumberHoldsFromThenOn() throws Exception {
    Path run = copy();
    CommandLineRun fewer = resume(run, "--top_k", "2");
    assertEquals(List.of(), againTrained(fewer));
    Map<String, ByteBuffer> two = models(run);
    assertEquals(3, two.size(), two.keySet().toString());
    assertTrue(whole.entrySet().containsAll(two.entrySet()), two.keySet().toString());
    assertTrue(resume(run).out().contains("top     " + run.resolve("top")));
    assertEquals(two, models(run), "it stays at 2");
    CommandLineRun more = resume(run, "--top_k", "4");
    assertEquals(2, againTrained(more).size(), more.out());
    assertEquals(whole, models(run));
    assertEquals(4, json(run.resolve("best_chromosome.json")).at("/config/top_k").asInt());
    resume(run, "--top_k", "1");
    assertEquals(
        Map.of("best_model.pt", whole.get("best_model.pt")), models(run), "no directory is left");
  }

  @Test
  void whatIsLostOrDamagedIsTrainedAgain() throws Exception {
    Path run = copy();
    List<Evaluation> ranking = ranking(run);
    Path second = run.resolve("top/" + ranking.get(1).job().architecture().phenotype() + ".pt");
    Path third = run.resolve("top/" + ranking.get(2).job().architecture().phenotype() + ".pt");
    Files.delete(second);
    byte[] damaged = Files.readAllBytes(third);
    damaged[damaged.length / 2] ^= 1;
    Files.write(third, damaged);
    CommandLineRun again = resume(run);
    assertEquals(2, againTrained(again).size(), again.out());
    assertEquals(whole, models(run));
  }

  /** A finished run that goes on: what a longer run would have left. */
  @Test
  void moreGenerationsKeepWhatALongerRunKeeps() throws Exception {
    Path run = copy();
    assertEquals(List.of(), againTrained(resume(run, "--generations", "4")));
    Path longer = directory.resolve("longer");
    String[] options = arguments("--top_k", "4", "--out", longer.toString());
    options[11] = "4";
    CommandLineRun once = CommandLineRun.of(options);
    assertEquals(0, once.code(), once.err());
    assertEquals(models(longer), models(run));
  }

  /** Evaluations of another run have no weights here. */
  @Test
  void whatAnotherRunHasEvaluatedIsTrainedForItsWeights() throws Exception {
    Path run = directory.resolve("run");
    CommandLineRun reusing =
        evolve(run, "--top_k", "4", "--reuse", shared.resolve("run").toString());
    assertEquals(0, reusing.code(), reusing.err());
    assertEquals("", reusing.err());
    assertEquals(4, againTrained(reusing).size(), reusing.out());
    assertEquals(whole, models(run));
  }

  /** The seed is printed, so that a failure can be repeated. */
  @Test
  @Tag("nightly")
  void killedAnywhereItLeavesTheSame() throws Exception {
    long seed = System.nanoTime();
    System.out.println("killedAnywhereItLeavesTheSame: seed " + seed);
    Random random = new Random(seed);
    Path run = directory.resolve("run");
    Launch launch = Launch.jar();
    RunProcess process =
        launch.start(directory, arguments("--top_k", "4", "--workers", "2", "--out", "run"));
    for (int kills = 0; kills < 2; kills++) {
      process.awaitStored(run, RunStore.size(run) + 2 + random.nextInt(2));
      Thread.sleep(random.nextInt(200));
      assertTrue(process.process().isAlive(), "over after " + kills + ": " + process.text());
      process.kill();
      process = launch.start(directory, "evolve", "--resume", "run");
    }
    process.endsWith(0);
    assertEquals(whole, models(run));
  }

  /**
   * In the middle of writing one of the networks behind the best, another one, and a JSON. One
   * worker does the same each time, so that a run that is only watched tells what to hit.
   */
  @Test
  @Tag("nightly")
  void killedInAWriteItLeavesTheSame() throws Exception {
    Path log = directory.resolve("log");
    RunProcess watched =
        watching()
            .environment("KILL_LOG", log.toString())
            .start(directory, arguments("--top_k", "4", "--workers", "1", "--out", "watched"));
    watched.endsWith(0);
    List<String> events = Files.readAllLines(log);
    String first = events.get(0);
    int inFirst = Math.toIntExact(events.stream().filter(first::equals).count());
    assertTrue(inFirst > 2, "one network, in several writes: " + events);

    Path run = directory.resolve("run");
    String[] resume = {"evolve", "--resume", "run"};
    killed(inFirst / 2, arguments("--top_k", "4", "--workers", "1", "--out", "run"));
    // The first one again, whole with its sync, then another, whose candidate is not in flight yet.
    killed(inFirst + 3, resume);
    Launch.jar().start(directory, resume).endsWith(0);
    assertEquals(whole, models(run));
    Files.delete(run.resolve("best_chromosome.json"));
    // A write and a sync for each JSON.
    killed(3, resume);
    Launch.jar().start(directory, resume).endsWith(0);
    assertEquals(whole, models(run));
  }

  /** All files with the name of a network. */
  private static Launch watching() throws Exception {
    return Launch.jar().watching(shared, "w");
  }

  private void killed(int at, String... arguments) throws Exception {
    RunProcess process =
        watching().environment("KILL_AT", String.valueOf(at)).start(directory, arguments);
    assertEquals(SIGKILLED, process.code(), process.text());
  }

  private static boolean shell(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  /** There is space for the best, and not for all. */
  @Test
  void aFullDiskEndsTheRunAndSpaceLetsItGoOn() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    long size = whole.values().stream().mapToLong(ByteBuffer::remaining).sum() / 2;
    assumeTrue(
        shell("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString()),
        "mounting a small disk is not allowed here");
    try {
      Path run = disk.resolve("run");
      CommandLineRun full = evolve(run, "--top_k", "4");
      assertEquals(1, full.code(), full.err());
      List<String> lines =
          full.err().lines().filter(line -> !line.contains("writes its page later")).toList();
      assertEquals(1, lines.size(), full.err());
      assertTrue(lines.get(0).startsWith("cnn-evolution: cannot write " + run), full.err());
      assertTrue(lines.get(0).contains("evolve --resume " + run), full.err());
      assertTrue(shell("mount", "-o", "remount,size=800m", disk.toString()));
      resume(run);
      assertEquals(whole, models(run));
    } finally {
      shell("umount", "-l", disk.toString());
    }
  }

  @Test
  void stoppedItShowsWhatThereIsAndGoesOn() throws Exception {
    Path run = directory.resolve("run");
    RunProcess process =
        Launch.jar().start(directory, arguments("--top_k", "4", "--workers", "2", "--out", "run"));
    process.awaitStored(run, 4);
    process.signal("INT");
    process.endsWith(130);
    for (String file : models(run).keySet()) {
      assertTrue(Files.exists(facts(run.resolve(file))), file);
    }
    assertTrue(json(run.resolve("best_chromosome.json")).get("interrupted").asBoolean());
    resume(run);
    assertEquals(whole, models(run));
  }
}
