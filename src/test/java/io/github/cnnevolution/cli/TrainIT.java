package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.testing.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Long trainings, of a small network on few images. */
class TrainIT {
  private static final String CHROMOSOME = "00000000000000000000";
  private static final String[] OPTIONS = {
    "--data=synthetic",
    "--train_limit=60",
    "--batch_size=20",
    "--epochs=9",
    "--seeds=3",
    "--threads_per_worker=1",
    "--cutout=8",
    "--mixup=0.2",
    "--tta"
  };

  @TempDir private Path directory;
  private final List<RunProcess> started = new ArrayList<>();

  @AfterEach
  void endProcesses() throws Exception {
    for (RunProcess run : started) {
      run.kill();
    }
  }

  private RunProcess train(String... more) throws Exception {
    String[] all =
        Stream.of(Stream.of("train"), Arrays.stream(more))
            .flatMap(part -> part)
            .toArray(String[]::new);
    RunProcess run = Launch.jar().start(directory, all);
    started.add(run);
    return run;
  }

  private RunProcess trainNew(String out, String... more) throws Exception {
    List<String> all = new ArrayList<>(List.of(CHROMOSOME, "--out", out));
    List<String> names = Arrays.stream(more).map(o -> o.replaceFirst("=.*", "")).toList();
    Arrays.stream(OPTIONS)
        .filter(o -> !names.contains(o.replaceFirst("=.*", "")))
        .forEach(all::add);
    all.addAll(List.of(more));
    return train(all.toArray(String[]::new));
  }

  private static long epochs(Path out) throws Exception {
    long count = 0;
    for (String line : Files.readAllLines(out)) {
      count += line.contains("epoch") && line.contains(" images/s  ") ? 1 : 0;
    }
    return count;
  }

  private void assertSameModels(Path expected, Path actual) throws Exception {
    for (String name : List.of("best_model.pt", "seed_2.pt", "seed_3.pt")) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(name)),
          Files.readAllBytes(actual.resolve(name)),
          name);
    }
    assertEquals(run(expected).seeds(), run(actual).seeds());
  }

  private static TrainingRun run(Path path) throws Exception {
    return TrainingRun.read(new RunDirectory(path).training(), SearchSpaces.builtIn());
  }

  /** Killed again and again, and with another number of workers: the same bits. */
  @Test
  void killedTrainingsGoOnAsIfNothingHadHappened() throws Exception {
    Path whole = directory.resolve("whole");
    RunProcess first = trainNew("whole", "--workers", "1");
    first.endsWith(0);
    assertEquals(27, epochs(first.out()));
    TrainingRun run = run(whole);
    assertTrue(run.finished());
    assertEquals(3, run.seeds().size());
    assertTrue(run.mean().isPresent() && run.std().isPresent());
    assertTrue(first.text().contains("mean"), first.text());
    try (Stream<Path> files = Files.list(whole)) {
      assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith("checkpoint")));
    }

    Path killed = directory.resolve("killed");
    RunProcess now = trainNew("killed", "--workers", "2");
    int kills = 0;
    for (long wanted : new long[] {3, 8, 5}) {
      while (now.process().isAlive() && epochs(now.out()) < wanted) {
        Thread.sleep(5);
      }
      kills += now.process().isAlive() ? 1 : 0;
      now.kill();
      now = train("--resume", "killed");
    }
    now.endsWith(0);
    assertTrue(kills >= 2, "the process was killed " + kills + " times only");
    assertTrue(epochs(now.out()) < 27, "it began anew");
    assertSameModels(whole, killed);

    RunProcess again = train("--resume", "killed");
    again.endsWith(0);
    assertEquals(0, epochs(again.out()));
    assertTrue(again.text().contains("mean"), again.text());

    RunProcess predict =
        Launch.jar()
            .start(
                directory,
                "predict",
                "--model",
                "killed/seed_3.pt",
                "--json",
                picture().toString());
    predict.endsWith(0);
    assertTrue(new ObjectMapper().readTree(predict.out().toFile()).has("classes"), predict.text());
  }

  private Path picture() throws Exception {
    Path file = directory.resolve("picture.png");
    javax.imageio.ImageIO.write(
        new java.awt.image.BufferedImage(40, 50, java.awt.image.BufferedImage.TYPE_INT_RGB),
        "png",
        file.toFile());
    return file;
  }

  @Test
  void stoppedTrainingsSayHowToGoOnAndSeedsMayBeAdded() throws Exception {
    RunProcess run = trainNew("run", "--epochs=2000", "--seeds=1", "--validate");
    while (run.process().isAlive() && epochs(run.out()) < 2) {
      Thread.sleep(5);
    }
    run.signal("TERM");
    assertEquals(143, run.code(), run.text());
    assertTrue(run.text().contains("train --resume run"), run.text());
    assertTrue(run.text().contains("  validation "), run.text());
    assertTrue(Files.exists(directory.resolve("run/report.html")));

    RunProcess small = trainNew("small", "--epochs=2", "--seeds=1");
    small.endsWith(0);
    byte[] model = Files.readAllBytes(directory.resolve("small/best_model.pt"));
    TrainingRun before = run(directory.resolve("small"));
    RunProcess more = train("--resume", "small", "--seeds", "2");
    more.endsWith(0);
    assertEquals(2, epochs(more.out()));
    assertArrayEquals(model, Files.readAllBytes(directory.resolve("small/best_model.pt")));
    TrainingRun after = run(directory.resolve("small"));
    assertEquals(before.seeds().get(0), after.seeds().get(0));
    assertEquals(2, after.seeds().size());
  }

  @Test
  void takesTheBestOfARunWithItsData() throws Exception {
    CommandLineRun evolved =
        CommandLineRun.of(
            "--data=synthetic",
            "--train_limit=20",
            "--epochs=1",
            "--batch_size=10",
            "--pop_size=2",
            "--generations=1",
            "--out=" + directory.resolve("search"));
    assertEquals(0, evolved.code(), evolved.err());
    Path out = directory.resolve("trained");
    CommandLineRun trained =
        CommandLineRun.of(
            "train",
            "--best=" + directory.resolve("search"),
            "--out=" + out,
            "--epochs=1",
            "--train_limit=20",
            "--batch_size=10");
    assertEquals(0, trained.code(), trained.err());
    ObjectMapper mapper = new ObjectMapper();
    JsonNode found = mapper.readTree(directory.resolve("search/best_chromosome.json").toFile());
    JsonNode facts = mapper.readTree(out.resolve("best_chromosome.json").toFile());
    assertEquals(found.get("chromosome"), facts.get("chromosome"));
    assertEquals(found.get("data").get("name"), facts.get("data").get("name"));
    assertTrue(facts.get("test_accuracy").isNumber());
    assertEquals(
        1,
        trained.outLines().stream().filter(line -> line.contains("test accuracy")).count(),
        trained.out());
  }

  @Test
  void aDivergedSeedIsToldAndTheOthersGoOn() throws Exception {
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            CHROMOSOME,
            "--out=" + directory.resolve("out"),
            "--data=synthetic",
            "--train_limit=20",
            "--batch_size=10",
            "--epochs=3",
            "--learning_rate=1e20",
            "--seeds=2");
    assertEquals(1, run.code(), run.err());
    assertEquals(
        2, run.outLines().stream().filter(line -> line.contains("diverged: the loss is")).count());
    assertTrue(run(directory.resolve("out")).finished());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --out x | train needs a CHROMOSOME, or --best RUN_DIR",
        "train 00000000000010000000 | train needs --out DIR, the directory for the results",
        "train 0101 --out x | '0101'",
        "train 00000000000010000000 00000000000010000001 --out x | train takes one chromosome",
        "train 00000000000010000000 --out x --cutout 33 | --cutout '33' must be a whole number from 0 to 32",
        "train 00000000000010000000 --out x --mixup -1 | --mixup '-1' must be from 0 to 100",
        "train 00000000000010000000 --out x --ema 1 | --ema 1: would keep the first weights",
        "train --best no/such/run --out x | no/such/run",
        "train --resume no/such/run | --resume no/such/run: there is no training",
        "train --resume src --out x | remove --out",
      })
  void whatMakesNoSenseIsOneLine(String line, String expected) {
    CommandLineRun run = CommandLineRun.of(line.strip().split(" "));
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains(expected), run.err());
    assertEquals(1, run.err().lines().count());
    assertFalse(Files.exists(Path.of("x")));
  }

  @Test
  void anotherOptionWouldBeAnotherTraining() throws Exception {
    Path out = directory.resolve("out");
    CommandLineRun first =
        CommandLineRun.of(
            "train",
            CHROMOSOME,
            "--out=" + out,
            "--data=synthetic",
            "--train_limit=20",
            "--batch_size=10",
            "--epochs=1");
    assertEquals(0, first.code(), first.err());
    CommandLineRun other = CommandLineRun.of("train", "--resume=" + out, "--epochs=2");
    assertEquals(2, other.code());
    assertTrue(other.err().contains("--epochs 2: the run in"), other.err());
    assertTrue(
        other
            .err()
            .contains("cannot be lengthened or shortened; begin a new one: train w16-k2-relu-d"),
        other.err());
    CommandLineRun same = CommandLineRun.of("train", "--resume=" + out, "--epochs=1");
    assertEquals(0, same.code(), same.err());
    CommandLineRun twice = CommandLineRun.of("train", CHROMOSOME, "--out=" + out);
    assertEquals(2, twice.code());
    assertTrue(twice.err().contains("exists already"), twice.err());
  }

  @Test
  void itsPageShowsTheCurves() throws Exception {
    Path out = directory.resolve("<b>out</b>");
    // The slash of the closing tag is that between two directories.
    Files.createDirectories(out.getParent());
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            CHROMOSOME,
            "--out=" + out,
            "--data=synthetic",
            "--batch_size=50",
            "--epochs=3",
            "--seeds=2",
            "--validate");
    assertEquals(0, run.code(), run.err());
    try (Browser browser = Browser.required()) {
      for (String scheme : List.of("light", "dark")) {
        for (int width : new int[] {360, 1920}) {
          browser.emulate(width, scheme);
          browser.open(out.resolve("report.html"));
          assertEquals(List.of(), browser.complaints());
          assertEquals(List.of(), browser.accessibilityViolations());
          assertEquals(
              true,
              browser.value("document.documentElement.scrollWidth <= innerWidth"),
              "wider than " + width);
        }
      }
      for (String chart : List.of("training-accuracy", "training-loss")) {
        Object drawn =
            browser.value(
                "(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v))"
                    + "(document.getElementById('chart-%s'))".formatted(chart));
        assertEquals(true, drawn, chart);
      }
      Object text = browser.value("document.getElementById('trained').textContent");
      assertTrue(String.valueOf(text).contains(" %"), String.valueOf(text));
      assertEquals("finished", browser.value("document.getElementById('state').textContent"));
      // Curves of two seeds, training and validation each.
      assertEquals(
          4L, browser.value("Chart.getChart('chart-training-accuracy').data.datasets.length"));
    }
  }

  /** What a search shows of its best, a training shows of its network. */
  @Test
  void pageAndFilesSayWhatTheTestAccuracyIsWorth() throws Exception {
    Path out = directory.resolve("tested");
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            CHROMOSOME,
            "--out=" + out,
            "--data=synthetic",
            "--train_limit=50",
            "--batch_size=50",
            "--epochs=1",
            "--tta");
    assertEquals(0, run.code(), run.err());
    JsonNode training = new ObjectMapper().readTree(out.resolve("training.json").toFile());
    JsonNode seed = training.at("/seeds/0");
    int images = training.at("/data/test_images").asInt();
    WilsonInterval interval = WilsonInterval.of(seed.get("test_accuracy").asDouble(), images);
    for (JsonNode one :
        List.of(seed, new ObjectMapper().readTree(out.resolve("best_chromosome.json").toFile()))) {
      assertEquals(interval.low(), one.get("test_accuracy_low").asDouble());
      assertEquals(interval.high(), one.get("test_accuracy_high").asDouble());
    }
    int all = 0;
    int right = 0;
    for (JsonNode cell : seed.get("confusion")) {
      all += cell.get(2).asInt();
      right += cell.get(0).asInt() == cell.get(1).asInt() ? cell.get(2).asInt() : 0;
    }
    assertEquals(images, all);
    assertEquals(seed.get("test_accuracy").asDouble(), (double) right / all);
    assertTrue(
        run.out().contains("accuracy on %,d test images, chance 1.00 %%".formatted(images)),
        run.out());
    assertTrue(run.out().contains(" %% on %,d images".formatted(images)), run.out());
    try (Browser browser = Browser.required()) {
      for (int width : new int[] {360, 2560}) {
        browser.emulate(width, "light");
        browser.open(out.resolve("report.html"));
        assertEquals(List.of(), browser.accessibilityViolations());
        assertEquals(
            true, browser.value("document.documentElement.scrollWidth <= innerWidth"), "" + width);
      }
      String figures =
          String.valueOf(browser.value("document.getElementById('best-figures').innerText"));
      assertTrue(
          figures.matches(
              "(?s).*%.2f %%.*95 %% interval [0-9.]+–[0-9.]+ %%, %,d images"
                  .formatted(100.0 * right / all, images)),
          figures);
      assertTrue(
          String.valueOf(
                  browser.value("document.getElementById('best-scale').getAttribute('aria-label')"))
              .matches("Test accuracy .*, 95 % interval .*, chance 1.00 %"),
          "the scale has the chance");
      assertEquals(
          0.01,
          browser.value(
              "Chart.getChart('chart-training-accuracy').config.options.plugins.guides.chance[0].value"));
      assertEquals(
          (long) seed.get("confusion").size(),
          browser.value("document.querySelectorAll('#matrix title').length"));
      assertEquals(
          "Confusion matrix of seed 1",
          browser.value("document.getElementById('matrix-title').textContent"));
      assertEquals(List.of(), browser.complaints());
    }
  }
}
