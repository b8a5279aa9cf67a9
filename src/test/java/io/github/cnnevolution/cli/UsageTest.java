package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.Style;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every way to get the command line wrong: exit code 2, one line on standard error, nothing on
 * standard output.
 */
class UsageTest {
  /** Arguments | what the line must name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evolv | unknown command 'evolv'; did you mean evolve? --help lists all",
        "evlove | unknown command 'evlove'; did you mean evolve?",
        "desc 0 | unknown command 'desc'; did you mean describe?",
        "bake | unknown command 'bake'; the commands are evolve, evaluate, train",
        "help evolv | unknown command 'evolv'; did you mean evolve?",
        "--pop_siz 3 | unknown option '--pop_siz'; did you mean --pop_size? `evolve --help`",
        "--popsize=3 | unknown option '--popsize=3'; did you mean --pop_size?",
        "--genertaions 3 | unknown option '--genertaions'; did you mean --generations?",
        "evaluate --Epochs 3 | unknown option '--Epochs'; did you mean --epochs?",
        "--quantum 3 | unknown option '--quantum'; `evolve --help` lists the options of evolve",
        "-x | unknown option '-x'",
        "evolve stray | unexpected argument 'stray'",
        "--pop_size | --pop_size needs a value",
        "--pop_size 0 | --pop_size '0' must be a whole number",
        "--pop_size -3 | --pop_size '-3' must be a whole number",
        "--pop_size ten | --pop_size 'ten' must be a whole number",
        "--pop_size 1e3 | --pop_size '1e3' must be a whole number",
        "--pop_size 99999999999 | --pop_size '99999999999' must be a whole number",
        "--pop_size 3 --pop_size 4 | --pop_size is given 2 times ('3', '4')",
        "--pop-size 3 --pop_size 4 | --pop_size is given 2 times ('3', '4')",
        "--generations 0 | --generations '0' must be a whole number of at least 1",
        "--genome_size 18 | --genome_size '18' must be a whole number from 19",
        "--tournament_size 0 | --tournament_size '0'",
        "--crossover_rate 1.1 | --crossover_rate '1.1' must be from 0 to 1",
        "--crossover_rate -0.1 | --crossover_rate '-0.1' must be from 0 to 1",
        "--crossover_rate NaN | --crossover_rate 'NaN' must be a number",
        "--mutation_rate often | --mutation_rate 'often' must be a number",
        "--mutation_rate 2 | --mutation_rate '2' must be from 0 to 1",
        "--elitism 11 | --elitism '11' must be a whole number from 0 to 10",
        "--elitism -1 | --elitism '-1'",
        "--top_k 0 | --top_k '0' must be a whole number from 1 to 100",
        "--top_k 101 | --top_k '101' must be a whole number from 1 to 100",
        "--resume a --top_k all | --top_k 'all' must be a whole number",
        "--seed x | --seed 'x' must be a 64-bit whole number",
        "--epochs 0 | --epochs '0' must be a whole number from 1 to 10000",
        "--epochs 10001 | --epochs '10001'",
        "--batch_size 1 | --batch_size '1' must be a whole number of at least 2",
        "--learning_rate 0 | --learning_rate '0' must be a number above 0",
        "--learning_rate -1 | --learning_rate '-1'",
        "--learning_rate NaN | --learning_rate 'NaN'",
        "--learning_rate Infinity | --learning_rate 'Infinity'",
        "--optimizer adam | --optimizer 'adam' must be one of auto, sgd, muon",
        "--precision fp8 | --precision 'fp8' must be one of auto, fp32, bf16, fp16",
        "--precision BF16 | --precision 'BF16' must be one of",
        "--train_limit 1 | --train_limit '1'",
        "--workers 0 | --workers '0' must be a whole number from 1",
        "--threads_per_worker 0 | --threads_per_worker '0'",
        "--dry_run --resume a | --dry_run cannot be combined with --resume",
        "--dry_run --data no/such/dir | no/such/dir: expected a directory",
        "--dry_run --data synthetic --out src | --out src: exists already",
        "--log no/such/dir/log.txt | --log no/such/dir/log.txt: cannot be written (NoSuchFileException)",
        "--gpus 0,1 | --gpus 0,1: no usable GPU on this machine",
        "--learning_rate 1d | --learning_rate '1d' must be a number such as 0.05 or 5e-2",
        "--learning_rate 1f | --learning_rate '1f' must be a number",
        "--learning_rate 0x1p-3 | --learning_rate '0x1p-3' must be a number",
        "--learning_rate ٣ | --learning_rate '٣' must be a number",
        "--learning_rate 1e400 | --learning_rate '1e400' must be a number above 0",
        "--crossover_rate 1e-1d | --crossover_rate '1e-1d' must be a number",
        "--pop_size ٣ | --pop_size '٣' must be a whole number",
        "--seed ٣ | --seed '٣' must be a 64-bit whole number",
        "--gpus 0,0 | --gpus 0,0: names GPU 0 twice; name each once, and use --workers_per_gpu",
        "--gpus 1,0,1 | --gpus 0,1,1: names GPU 1 twice",
        "--gpus ٣ | --gpus '٣' must be all, none, or indices",
        "--gpus 99999999999 | --gpus '99999999999' must be all, none, or indices",
        "train 00000000000000000000 --out target/never --data no/such --seeds 3 --seed 9223372036854775806 | --seeds 3: from --seed 9223372036854775806 on there is room for 2 seeds only; choose a smaller --seed",
        "train 00000000000000000000 --out target/never --data no/such --seeds 2 --seed 9223372036854775807 | on there is room for 1 seed only",
        "train 00000000000000000000 --out target/never --data no/such --seeds 2 --seed 9223372036854775806 | no/such: expected a directory",
        "--gpus 0,x | --gpus '0,x' must be all, none, or indices such as 0,1",
        "--workers_per_gpu 33 | --workers_per_gpu '33' must be a whole number from 1 to 32",
        "--cuda_graphs --data synthetic --out target/never | --cuda_graphs: trains on the CPU; leave it out, or say off",
        "--cuda_graphs on --data synthetic --dry_run | --cuda_graphs: trains on the CPU; leave it out, or say off",
        "train --cuda_graphs w16-k2-relu-s --data synthetic --out target/never | --cuda_graphs: trains on the CPU; leave it out",
        "--cuda_graphs perhaps | --cuda_graphs 'perhaps' must be on, off or auto",
        "train w16-k2-relu-s --cuda_graphs=perhaps --out target/never | --cuda_graphs 'perhaps' must be on, off or auto",
        "--tf32 --data synthetic --out target/never | --tf32: trains on the CPU; leave it out",
        "--tf32 --data synthetic --dry_run | --tf32: trains on the CPU; leave it out",
        "train w16-k2-relu-s --tf32 --data synthetic --out target/never | --tf32: trains on the CPU; leave it out",
        "--workers_per_gpu 2 | --workers_per_gpu 2: trains on the CPU; use --workers",
        "evaluate | evaluate needs a chromosome, the name of a network, or --chromosomes FILE",
        "evaluate w16-k2-relu-d --chromosomes f | evaluate takes 'w16-k2-relu-d' or --chromosomes, not both",
        "devices --check --tune | devices --tune takes neither --check nor --json",
        "devices --json --tune | devices --tune takes neither --check nor --json",
        "evaluate w16-k2-relu-e | network 'w16-k2-relu-e': there is none of this name",
        "evaluate --chromosomes no/such/file | cannot read the chromosomes from 'no/such/file'",
        "evaluate --pop_size 3 | unknown option '--pop_size'",
        "describe | describe needs at least one chromosome",
        "describe 0101 | chromosome '0101' has 4 bits; at least 19 are needed",
        "describe 1 | chromosome '1' has 1 bit; at least 19 are needed",
        "describe 0000000000000000000x | has 'x' at position 19",
        "describe w64-k2-gleu-sss | network 'w64-k2-gleu-sss': there is none of this name; the nearest is w64-k2-gelu-sss",
        "describe w64-k2-gelu-ss | network 'w64-k2-gelu-ss': there is none of this name; the nearest is w",
        "describe resnet18 | give a name such as w16-k2-relu-d, or a chromosome of 0 and 1",
        "train w64-k2-gelu --out target/never | the nearest is w",
        "describe --jsn 00000000000000000000 | unknown option '--jsn'",
        "devices all | unexpected argument 'all'",
        "download there | unexpected argument 'there'",
        "download --url ftp://x/y | --url 'ftp://x/y' must be an http or https address",
        "download --url nowhere | --url 'nowhere' must be an http or https address",
        "download --url http://x:65536/y | --url 'http://x:65536/y' must be an http or https address",
        "--data no/such/dir --out target/never | no/such/dir",
        "--dashboard 70000 | --dashboard '70000' must be a whole number from 0 to 65535",
        "--dashboard=http | --dashboard 'http' must be a whole number",
        "--supervise --dashboard=-1 | --dashboard '-1' must be a whole number",
        "--dashboard_host 0.0.0.0 | --dashboard_host 0.0.0.0: there is no page to serve",
        "--dashboard=0 --dashboard_host 192.0.2.1 | --dashboard_host '192.0.2.1' is not an address of this machine",
        "--dashboard=0 --dashboard_host a/b | --dashboard_host 'a/b' is not an address of this machine",
        "--dashboard=0 --dashboard_host fe80::1%eth0 | --dashboard_host 'fe80::1%eth0' has a zone (%eth0), which browsers do not accept",
        "--max_time 10 | --max_time '10' must be a time such as 90s",
        "--max_time 0s | --max_time '0s' must be a time",
        "--max_time -1h | --max_time '-1h' must be a time",
        "--max_time 1e9d | --max_time '1e9d' must be a time",
        "--max_time 999999999999d | --max_time '999999999999d' must be a time",
        "--candidate_timeout soon | --candidate_timeout 'soon' must be a time",
        "evaluate --chromosomes - --candidate_timeout 3 | --candidate_timeout '3' must be a time",
        "--resume no/such/run | --resume no/such/run: there is no run (no run.db)",
        "--resume a --out b | --out cannot be combined with --resume",
        "--resume a --seed x | --seed 'x' must be a 64-bit whole number",
        "--supervise --resume no/such/run | --resume no/such/run: there is no run",
        "--reuse no/such/run | no/such/run: there is no such file",
        "runs | runs takes `list DIR` or `show DIR`",
        "runs list | runs takes `list DIR` or `show DIR`",
        "runs drop x | runs takes `list DIR` or `show DIR`, such as `runs list runs`, not 'drop x'",
        "runs list no/such/dir | 'no/such/dir' is not a directory",
        "runs show src | src: no run here (no run.db)",
        "report | report takes run directories",
        "report src | src: no run here (no run.db)",
        "report no/such/dir | 'no/such/dir' is not a directory",
        "report --out pom.xml src | --out pom.xml: exists already and is not overwritten",
        "export src | export takes `--csv DIR`",
        "export --csv | export takes `--csv DIR`",
        "export --csv src | src: no run here (no run.db)",
        "export --csv --format onnx src | export takes `--csv DIR`, or `--format python|torchscript|onnx`",
        "export --csv --normalize src | export takes `--csv DIR` with --out alone",
        "export --format keras src | --format 'keras' must be one of python, torchscript, onnx",
        "export --format onnx src | --format onnx: the format is binary; name a file with --out",
        "export --format python | --format python: name one run directory, or its model",
        "export --format python --model a b | --format python: name one run directory, or its model",
        "export --format python src | src/best_model.pt: there is no such file",
        "export --format python --model pom.xml | best_chromosome.json: missing; it lies beside",
        "export --format python --model / | /best_model.pt: there is no such file",
        "predict --model src a.png | src/best_model.pt: there is no such file",
        "predict a.png | predict takes `--model FILE IMAGE...`",
        "predict --model a | predict takes `--model FILE IMAGE...`",
        "predict --model no/such/file a.png | no/such/file: there is no such file",
        "predict --model pom.xml a.png | best_chromosome.json: missing; it lies beside",
        "--seed_population no/such/file | cannot read the chromosomes from 'no/such/file'",
        "--seed_population src/test/python/check_model.py | check_model.py, line 1: chromosome",
      })
  void isOneLineThatNamesTheValue(String arguments, String expected) {
    assertUsageError(CommandLineRun.of(arguments.split(" ")), expected);
    assertFalse(Files.exists(Path.of("target/never")), "nothing is written");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment\n"})
  void aFileWithoutChromosomes(String content, @TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("c.txt"), content);
    assertUsageError(
        CommandLineRun.of("evaluate", "--chromosomes", file.toString()), "holds no chromosome");
    assertUsageError(
        CommandLineRun.withInput(content, "evaluate", "--chromosomes", "-"),
        "- holds no chromosome");
  }

  @Test
  void aFileWithABadLineNamesTheLine(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("c.txt"), "00000000000000000000\n\n0000000000000000000_\n");
    assertUsageError(
        CommandLineRun.of("evaluate", "--chromosomes", file.toString()), "line 3: chromosome");
  }

  @Test
  void aFileWithAnUnknownNetworkNamesTheLineAndTheNearest(@TempDir Path directory)
      throws Exception {
    Path file =
        Files.writeString(directory.resolve("c.txt"), "w16-k3-relu-s # known\nw16-k3-rleu-s\n");
    for (String option : List.of("evaluate --chromosomes", "evolve --seed_population")) {
      String[] words = (option + " " + file).split(" ", -1);
      assertUsageError(
          CommandLineRun.of(words),
          "line 2: network 'w16-k3-rleu-s': there is none of this name; the nearest is w16-k3-relu-s");
    }
  }

  @Test
  void aFileThatIsNoText(@TempDir Path directory) throws Exception {
    Path file =
        Files.write(directory.resolve("c.bin"), new byte[] {'#', '\n', (byte) 0xff, (byte) 0xfe});
    assertUsageError(
        CommandLineRun.of("evaluate", "--chromosomes", file.toString()),
        "is not a text file: line 2 is not UTF-8");
  }

  /** It used to be read into memory first, and a device without an end filled all of that. */
  @Test
  void aFileThatDoesNotEnd() {
    assertUsageError(
        CommandLineRun.of("evaluate", "--chromosomes", "/dev/zero"),
        "/dev/zero holds more than 16 MiB");
  }

  @Test
  void aByteOrderMarkAndLineSeparatorsInCommentsArePassedOver() {
    String input = "\ufeff00000000000000000000 # one\u2028line\n# and\u0085another\n";
    assertUsageError(
        CommandLineRun.withInput(
            input, "evaluate", "--chromosomes", "-", "--data", "no/such/directory"),
        "no/such/directory: expected a directory");
  }

  @Test
  void anExistingRunDirectoryIsNotOverwritten(@TempDir Path directory) throws Exception {
    Path kept = Files.writeString(directory.resolve("best_model.pt"), "precious");
    assertUsageError(
        CommandLineRun.of("--data", "synthetic", "--out", directory.toString()), "exists already");
    assertUsageError(
        CommandLineRun.of("--data", "synthetic", "--out", kept.toString()), "exists already");
    assertEquals("precious", Files.readString(kept));
  }

  @Test
  void aRunDirectoryThatCannotBeCreated(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertUsageError(
        CommandLineRun.of("--data", "synthetic", "--out", file.resolve("below").toString()),
        "cannot be created");
  }

  @Test
  void aPrecisionThatTheProcessorLacks() {
    boolean offered =
        io.github.cnnevolution.device.Devices.cpu()
            .precisions()
            .contains(io.github.cnnevolution.device.Precision.FP16);
    org.junit.jupiter.api.Assumptions.assumeFalse(offered, "this processor computes in fp16");
    assertUsageError(
        CommandLineRun.of("--data", "synthetic", "--precision", "fp16", "--out", "target/never"),
        "--precision fp16: this device");
    assertFalse(Files.exists(Path.of("target/never")));
  }

  /** Faults in the data set's files are the user's to mend too. */
  @Test
  void aDamagedDataSet(@TempDir Path directory) throws Exception {
    Files.write(directory.resolve("train.bin"), new byte[3074 + 1]);
    Files.write(directory.resolve("test.bin"), new byte[3074]);
    assertUsageError(
        CommandLineRun.of("--data", directory.toString(), "--out", "target/never"), "train.bin");
    assertFalse(Files.exists(Path.of("target/never")));
  }

  /** A value with line ends, colours or a right-to-left override is shown escaped, in one line. */
  @Test
  void aValueThatIsNotVisibleIsEscaped() {
    assertUsageError(
        CommandLineRun.of("--pop_size", "3\n4\u001b[31m\u202e\u2028\t\0"),
        "--pop_size '3\\n4\\u001b[31m\\u202e\\u2028\\t\\u0000' must be a whole number");
    assertUsageError(CommandLineRun.of("--data", "no\nsuch", "--out", "target/never"), "no\\nsuch");
    assertUsageError(
        CommandLineRun.of("--out", "\u00e4\ud83d\ude00\0"), "--out \u00e4\ud83d\ude00");
  }

  @Test
  void aValueThatIsTooLongIsCutInTheMiddle() {
    CommandLineRun run = CommandLineRun.of("--pop_size", "7".repeat(100_000));
    assertUsageError(run, "--pop_size '7777");
    assertUsageError(run, "777 ... 777");
    assertUsageError(run, "777' must be a whole number from 1 to 1000000");
    assertTrue(run.err().length() < 5100, run.err());
  }

  @Test
  void snakeAndKebabCaseAreTheSame() {
    for (String option : List.of("--pop_size=0", "--pop-size=0")) {
      assertUsageError(CommandLineRun.of(option), "--pop_size '0'");
    }
  }

  @Test
  void helpNamesEveryOptionOfEveryCommand() {
    List<Command> commands =
        List.of(
            new EvolveCommand(),
            new EvaluateCommand(),
            new DescribeCommand(),
            new DevicesCommand(),
            new DownloadCommand(),
            new RunsCommand(),
            new ExportCommand());
    CommandLineRun overview = CommandLineRun.of("--help");
    assertEquals(0, overview.code());
    List<String> missing = new ArrayList<>();
    for (Command command : commands) {
      assertTrue(overview.out().contains(command.name()), command.name());
      CommandLineRun help = CommandLineRun.of(command.name(), "--help");
      assertEquals(0, help.code());
      assertEquals("", help.err());
      command.options().getOptions().stream()
          .map(option -> "--" + option.getLongOpt())
          .filter(option -> !help.out().contains(option))
          .forEach(missing::add);
    }
    assertEquals(List.of(), missing);
    assertTrue(overview.out().contains("--pop_size"), "the options of the default command");
  }

  @Test
  void helpWithACommandIsThatOfTheCommand() {
    for (String command : List.of("evolve", "train", "runs")) {
      CommandLineRun help = CommandLineRun.of("help", command);
      assertEquals(0, help.code(), help.err());
      assertEquals(CommandLineRun.of(command, "--help").out(), help.out());
    }
    assertEquals(CommandLineRun.of("--help").out(), CommandLineRun.of("help").out());
  }

  /** From 60 to 120 columns on a terminal, 100 elsewhere; the longest line comes close to that. */
  @ParameterizedTest
  @CsvSource({"20, 60", "60, 60", "72, 72", "119, 119", "200, 120", "2147483647, 100"})
  void helpFitsTheTerminal(int columns, int expected) {
    for (String arguments : List.of("--help", "help evolve", "help predict")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
      Style style = new Style(() -> columns, () -> 24, false, false);
      new Application()
          .run(
              arguments.split(" "),
              new Console(InputStream.nullInputStream(), stream, stream, style, Optional.empty()));
      int longest =
          out.toString(StandardCharsets.UTF_8).lines().mapToInt(String::length).max().orElse(0);
      assertTrue(longest < expected && longest > expected - 12, arguments + ": " + longest);
    }
  }

  @Test
  void aPortThatIsTakenIsSaidBeforeAnythingIsDone() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      CommandLineRun run = CommandLineRun.of("--dashboard=" + port, "--out", "target/never");
      assertUsageError(
          run,
          "--dashboard %d: the port is not available (Address already in use); name another"
              .formatted(port));
      assertFalse(Files.exists(Path.of("target/never")));
    }
  }

  @Test
  void versionNamesTheLibrariesToo() {
    CommandLineRun run = CommandLineRun.of("--version");
    assertEquals(0, run.code());
    assertTrue(
        run.out()
            .matches(
                "(?s)cnn-evolution \\d+\\.\\d+\\.\\d+ \\(pytorch 2\\.10\\.0-1\\.5\\.13, java .*\\)\\R"),
        run.out());
  }

  private static void assertUsageError(CommandLineRun run, String expected) {
    assertEquals(2, run.code(), run.err());
    List<String> lines = run.err().lines().filter(line -> !line.startsWith("data ")).toList();
    assertEquals(1, lines.size(), run.err());
    assertTrue(lines.get(0).startsWith("cnn-evolution: "), run.err());
    assertTrue(lines.get(0).contains(expected), run.err());
    assertEquals("", run.out());
  }
}
