package io.github.cnnevolution.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.run.Lineage;
import io.github.cnnevolution.run.PartTrainings;
import io.github.cnnevolution.run.Pauses;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunFigures;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The JSON document that a page shows. Rows are arrays, and repeated values are stored once and
 * referenced by index, so that 10,000 evaluations take about a megabyte. {@code page.js} relies on
 * the order of each array, as the methods here define it.
 *
 * @param title of the page
 * @param object the document: maps, lists, texts, numbers and booleans
 */
public record PageData(String title, Map<String, Object> object) {
  /** Version of the format, raised when a field changes its meaning. */
  static final int FORMAT = 2;

  private static final int TOP = 10;

  /** Returns the page of a stored run, which may be in progress in another process. */
  public static PageData of(StoredRun run) {
    return of(run, run.state(), List.of(), run.facts().searchSpace());
  }

  /**
   * Returns the page of a run.
   *
   * @param state state of the run
   * @param running candidates in training
   * @param space search space of the run; without it, the page shows only the gene values that
   *     occur
   */
  public static PageData of(
      StoredRun run, RunState state, List<RunningCandidate> running, Optional<SearchSpace> space) {
    return of(run, state, running, space, new PageNetworks());
  }

  /**
   * Returns the page of a run that is drawn again and again.
   *
   * @param networks of the run that were drawn before
   */
  static PageData of(
      StoredRun run,
      RunState state,
      List<RunningCandidate> running,
      Optional<SearchSpace> space,
      PageNetworks networks) {
    String title = run.directory().name();
    RunDocument document = new RunDocument(run, state, running, networks);
    return new PageData(title, document.object(title, space));
  }

  /** Returns the page that compares runs. */
  public static PageData comparing(List<StoredRun> runs) {
    Map<String, Object> object = new LinkedHashMap<>();
    String title = Text.format("%d runs compared", runs.size());
    object.put("format", FORMAT);
    object.put("kind", "comparison");
    object.put("title", title);
    object.put("generated", System.currentTimeMillis());
    object.put("runs", runs.stream().map(PageData::compared).toList());
    RunGroups groups = RunGroups.of(runs);
    object.put("dataSets", groups.dataSets());
    object.put("groups", groups.groups().stream().map(PageData::group).toList());
    return new PageData(title, object);
  }

  /** Returns the document as JSON that is safe inside a {@code script} element. */
  public String json() {
    return PageJson.of(object);
  }

  /** Settings, data set, runs, and those of the runs that count (one of each seed), by index. */
  private static Map<String, Object> group(RunGroups.Group group) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("label", group.label());
    object.put("dataSet", group.dataSet());
    object.put("runs", group.runs());
    object.put("counted", group.counted());
    return object;
  }

  private static Map<String, Object> compared(StoredRun run) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", run.directory().name());
    object.put("directory", run.directory().path().toString());
    object.put("state", run.state().toString());
    object.put("data", run.facts().data());
    object.put("options", run.facts().options());
    RunFigures figures = run.figures();
    object.put("generationsDone", run.options().hasNoGenerations() ? null : figures.generations());
    object.put("evaluations", figures.evaluations());
    object.put("failures", figures.failures());
    object.put("best", run.best().map(Evaluation::fitness).orElse(null));
    putAccuracy(object, run);
    Optional<WilsonInterval> interval =
        run.best().flatMap(best -> run.facts().interval(best.fitness()));
    object.put("low", interval.map(WilsonInterval::low).orElse(null));
    object.put("high", interval.map(WilsonInterval::high).orElse(null));
    object.put("network", run.best().map(b -> b.job().architecture().phenotype()).orElse(null));
    object.put("chromosome", run.best().map(b -> b.job().chromosome().bits()).orElse(null));
    object.put("parameters", run.best().map(b -> b.job().architecture().parameters()).orElse(null));
    object.put("flops", run.best().map(b -> b.job().architecture().flops()).orElse(null));
    List<List<Object>> steps = new ArrayList<>();
    Pauses pauses = Pauses.of(run.evaluations());
    long origin = Pauses.origin(run.evaluations());
    double best = -1;
    double seconds = 0;
    int count = 0;
    PartTrainings parts = run.parts();
    for (StoredEvaluation stored : run.evaluations()) {
      count += parts.counts(stored) ? 1 : 0;
      if (stored.source().isEmpty()) {
        seconds = Math.max(seconds, pauses.active(origin, stored.endedMillis()) / 1e3);
      }
      if (!stored.evaluation().isPart() && stored.evaluation().fitness() > best) {
        best = stored.evaluation().fitness();
        steps.add(List.of(count, seconds, best));
      }
    }
    object.put("seconds", figures.seconds());
    object.put("steps", steps);
    return object;
  }

  /** Puts what an accuracy is compared with; null if it is not known, or the fitness is none. */
  private static void putAccuracy(Map<String, Object> object, StoredRun run) {
    OptionalInt images = run.facts().validationImages();
    OptionalDouble chance = run.facts().chance();
    object.put("fitness", run.facts().fitness());
    object.put("validationImages", images.isPresent() ? images.getAsInt() : null);
    object.put("chance", chance.isPresent() ? chance.getAsDouble() : null);
  }

  /** Gives each distinct value an index, in the order of appearance. */
  private static final class Index<T> {
    private final Map<T, Integer> numbers = new LinkedHashMap<>();

    int of(T value) {
      return numbers.computeIfAbsent(value, v -> numbers.size());
    }

    List<T> values() {
      return List.copyOf(numbers.keySet());
    }
  }

  /** A worker and its device. */
  private record Lane(String device, String worker) {}

  /** Builds the document of one run. */
  private static final class RunDocument {
    private final StoredRun run;
    private final RunState state;
    private final PartTrainings parts;
    private final RunFigures figures;

    /** Those that count. */
    private final List<StoredEvaluation> evaluations;

    private final List<GenerationFigures> generations;
    private final List<RunningCandidate> running;
    private final PageNetworks networks;
    private final Index<String> names = new Index<>();
    private final List<Architecture> architectures = new ArrayList<>();
    private final Index<Lane> lanes = new Index<>();
    private final Index<String> texts = new Index<>();
    private final long origin;
    private final EvaluationRows further;

    RunDocument(
        StoredRun run, RunState state, List<RunningCandidate> running, PageNetworks networks) {
      this.run = run;
      this.state = state;
      this.networks = networks;
      this.parts = run.parts();
      this.figures = run.figures();
      this.evaluations = run.evaluations().stream().filter(parts::counts).toList();
      this.generations = SearchHistory.of(run);
      this.running = running;
      this.further = new EvaluationRows(run.facts(), run.proposals());
      this.origin =
          Math.min(
              run.evaluations().isEmpty() ? Long.MAX_VALUE : Pauses.origin(run.evaluations()),
              running.stream()
                  .mapToLong(RunningCandidate::startedMillis)
                  .min()
                  .orElse(Long.MAX_VALUE));
    }

    Map<String, Object> object(String title, Optional<SearchSpace> space) {
      JsonNode end = bestChromosome();
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("format", FORMAT);
      object.put("kind", "run");
      object.put("title", title);
      object.put("directory", run.directory().path().toString());
      object.put("state", state.toString());
      object.put("generated", System.currentTimeMillis());
      object.put("created", run.facts().createdMillis());
      object.put("data", run.facts().data());
      object.put("seed", options().seed());
      object.put("generationsAsked", run.asked());
      putTest(object, end);
      putAccuracy(object, run);
      object.put("fewImages", WilsonInterval.FEW_IMAGES);
      object.put("bestNote", AccuracyNotes.BEST);
      object.put("best", best());
      object.put("figures", figures());
      object.put("origin", origin == Long.MAX_VALUE ? null : origin);
      object.put(
          "pauses",
          Pauses.of(run.evaluations()).gaps().stream()
              .map(gap -> List.of(gap.from() - origin, gap.to() - origin))
              .toList());
      object.put("evaluations", evaluations.stream().map(this::row).toList());
      object.put("stopped", stopped());
      // Work of the workers, and nothing else: the network has another row.
      object.put(
          "parts",
          run.evaluations().stream().filter(e -> !parts.counts(e)).map(this::row).toList());
      object.put("running", running.stream().map(this::row).toList());
      object.put("top", top());
      object.put("generations", generations());
      PageGenes genes = new PageGenes(space, architectures);
      object.put("genes", genes.rows());
      networks.group(genes);
      object.put("architectures", architectures.stream().map(this::row).toList());
      object.put("search", PageSearch.of(run, figures, architectures));
      object.put("layers", networks.layers());
      object.put("lanes", lanes.values().stream().map(l -> List.of(l.device, l.worker)).toList());
      object.put("texts", texts.values());
      object.put("command", command());
      object.put(
          "next", run.best().isPresent() ? PageCommands.ofSearch(run.directory()) : List.of());
      object.put("model", run.best().isPresent() && Files.exists(run.directory().bestModel()));
      object.put("confusion", confusion());
      object.put("objectives", PageFront.of(run));
      object.put("facts", facts(end));
      return object;
    }

    /** The confusion matrix of the best network; null if it is not measured. */
    private Map<String, Object> confusion() {
      return run.bestConfusion()
          .map(test -> PageConfusion.of(test.classes(), test.matrix()))
          .orElse(null);
    }

    /** The best evaluation: its place among the evaluations, its fitness and its interval. */
    private Map<String, Object> best() {
      Optional<Evaluation> best = run.best();
      if (best.isEmpty()) {
        return null;
      }
      int index =
          IntStream.range(0, evaluations.size())
              .filter(i -> evaluations.get(i).evaluation().equals(best.get()))
              .findFirst()
              .orElseThrow();
      Optional<WilsonInterval> interval = run.facts().interval(best.get().fitness());
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("evaluation", index);
      object.put("fitness", best.get().fitness());
      object.put("low", interval.map(i -> PageJson.rounded(i.low(), 6)).orElse(null));
      object.put("high", interval.map(i -> PageJson.rounded(i.high(), 6)).orElse(null));
      return object;
    }

    /**
     * Index of the evaluation, and what is said of a training that has not been done as a whole.
     */
    private List<Object> stopped() {
      return IntStream.range(0, evaluations.size())
          .boxed()
          .filter(i -> evaluations.get(i).evaluation().isPart())
          .map(i -> (Object) List.of(i, parts.remark(evaluations.get(i)).orElseThrow()))
          .toList();
    }

    private Map<String, Object> figures() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("generations", figures.generations());
      object.putAll(figures.fields());
      return object;
    }

    /**
     * job, architecture, chromosome, fitness, training seconds, images a second, lane, start and
     * duration in milliseconds, kind of failure, reason, source (texts, or -1), micro-batches,
     * memory in bytes, low and high end of the interval of the fitness (null without), generation
     * from 1 (null if no candidate of the run expresses the network), networks of the parents
     * (texts).
     */
    private List<Object> row(StoredEvaluation stored) {
      Evaluation evaluation = stored.evaluation();
      Optional<WilsonInterval> interval = further.interval(stored);
      Optional<Lineage.Origin> from = further.origin(stored);
      return Arrays.asList(
          evaluation.job().id(),
          index(evaluation.job().architecture()),
          evaluation.job().chromosome().bits(),
          evaluation.fitness(),
          PageJson.rounded(evaluation.trainSeconds(), 3),
          PageJson.rounded(evaluation.imagesPerSecond(), 1),
          lanes.of(new Lane(stored.device(), evaluation.worker())),
          stored.startedMillis() - origin,
          Math.max(0, stored.endedMillis() - stored.startedMillis()),
          evaluation.failure().map(FailureKind::name).map(texts::of).orElse(-1),
          evaluation.error().map(texts::of).orElse(-1),
          stored.source().map(texts::of).orElse(-1),
          evaluation.microBatches(),
          stored.memoryBytes(),
          interval.map(i -> PageJson.rounded(i.low(), 6)).orElse(null),
          interval.map(i -> PageJson.rounded(i.high(), 6)).orElse(null),
          from.map(Lineage.Origin::generation).orElse(null),
          from.map(o -> o.parents().stream().map(texts::of).toList()).orElse(List.of()));
    }

    /** That of the worker's results so far: they tell the device better than its name does. */
    private int laneOf(RunningCandidate candidate) {
      return lanes.of(
          lanes.values().stream()
              .filter(lane -> lane.worker.equals(candidate.worker()))
              .reduce((first, last) -> last)
              .orElseGet(() -> new Lane(candidate.device(), candidate.worker())));
    }

    /** lane, architecture, chromosome, start in milliseconds, epoch, epochs, images a second. */
    private List<Object> row(RunningCandidate candidate) {
      return Arrays.asList(
          laneOf(candidate),
          index(candidate.job().architecture()),
          candidate.job().chromosome().bits(),
          candidate.startedMillis() - origin,
          candidate.epoch(),
          candidate.epochs(),
          PageJson.rounded(candidate.imagesPerSecond(), 1));
    }

    /** phenotype, parameters, flops, groups of each gene, layers, what layers read. */
    private List<Object> row(Architecture architecture) {
      PageNetworks.Drawing drawing = networks.draw(architecture);
      return List.of(
          architecture.phenotype(),
          architecture.parameters(),
          architecture.flops(),
          drawing.groups(),
          drawing.layers(),
          drawing.links());
    }

    /** The place of a network among those of the page. */
    private int index(Architecture architecture) {
      int index = names.of(architecture.phenotype());
      if (index == architectures.size()) {
        architectures.add(architecture);
      }
      return index;
    }

    /**
     * The curves of the best networks: index of the evaluation, losses, accuracies, and validation
     * accuracies where they were measured.
     */
    private List<Object> top() {
      return IntStream.range(0, evaluations.size())
          .boxed()
          .filter(i -> !evaluations.get(i).evaluation().isFailed())
          .filter(i -> !evaluations.get(i).evaluation().isPart())
          .sorted(
              (a, b) ->
                  Evaluation.BEST_FIRST.compare(
                      evaluations.get(a).evaluation(), evaluations.get(b).evaluation()))
          .limit(TOP)
          .map(
              i -> {
                List<EpochMetrics> curve = evaluations.get(i).evaluation().curve();
                return (Object)
                    List.of(
                        i,
                        curve.stream().map(e -> PageJson.rounded(e.loss(), 4)).toList(),
                        curve.stream().map(e -> PageJson.rounded(e.accuracy(), 4)).toList(),
                        curve.stream().anyMatch(e -> e.validation().isEmpty())
                            ? List.of()
                            : curve.stream()
                                .map(e -> PageJson.rounded(e.validation().getAsDouble(), 4))
                                .toList());
              })
          .toList();
    }

    /**
     * One row a generation: chromosome and fitness of the best, mean, five quartiles, failures,
     * size, Hamming distance, distinct networks, name of the best one (texts).
     */
    private List<Object> generations() {
      Map<Chromosome, String> phenotypes = new HashMap<>();
      for (StoredProposal stored : run.proposals()) {
        phenotypes.put(stored.proposal().chromosome(), stored.phenotype());
      }
      List<Object> rows = new ArrayList<>();
      for (GenerationFigures figures : generations) {
        Chromosome best = figures.best().chromosome();
        rows.add(
            Arrays.asList(
                best.bits(),
                figures.best().fitness(),
                figures.mean().isPresent()
                    ? PageJson.rounded(figures.mean().getAsDouble(), 6)
                    : null,
                figures.quartiles().stream().map(q -> PageJson.rounded(q, 6)).toList(),
                figures.failures(),
                figures.size(),
                PageJson.rounded(figures.hamming(), 4),
                figures.networks(),
                texts.of(phenotypes.get(best))));
      }
      return rows;
    }

    /** Reads the run's own JSON, if it exists and is complete. */
    private JsonNode bestChromosome() {
      Path file = run.directory().bestChromosome();
      try {
        return Files.exists(file)
            ? new ObjectMapper().readTree(Files.readAllBytes(file))
            : MissingNode.getInstance();
      } catch (IOException e) {
        // Optional: it only adds to the data of the store.
        return MissingNode.getInstance();
      }
    }

    /** The accuracy of the best on the test images; null where it is not measured. */
    private void putTest(Map<String, Object> object, JsonNode end) {
      Double accuracy = testAccuracy(end);
      int images = end.path("data").path("test_images").asInt();
      Optional<WilsonInterval> interval =
          WilsonInterval.of(
              accuracy == null ? OptionalDouble.empty() : OptionalDouble.of(accuracy), images);
      object.put("testAccuracy", accuracy);
      object.put("testLow", interval.map(i -> PageJson.rounded(i.low(), 6)).orElse(null));
      object.put("testHigh", interval.map(i -> PageJson.rounded(i.high(), 6)).orElse(null));
      object.put("testImages", accuracy == null || images == 0 ? null : images);
    }

    private Double testAccuracy(JsonNode end) {
      boolean same =
          run.best()
              .filter(b -> b.job().chromosome().bits().equals(end.path("chromosome").asText()))
              .isPresent();
      JsonNode accuracy = end.path(RunSummary.TEST_ACCURACY);
      return same && accuracy.isNumber() ? accuracy.asDouble() : null;
    }

    private String command() {
      return options().command("evolve", run.facts().data(), ShellText::quoted);
    }

    private RunOptions options() {
      return new RunOptions(run.facts().options());
    }

    /** How much of the search is done, of how much. */
    private String done() {
      OptionalInt budget = run.options().evaluations();
      String evaluations =
          budget.isPresent() ? figures.networksDone() + " of " + budget.getAsInt() : "";
      if (run.options().hasNoGenerations()) {
        return evaluations;
      }
      String all = generations.size() + (run.asked().equals("?") ? "" : " of " + run.asked());
      return evaluations.isEmpty() ? all : all + "; evaluations " + evaluations;
    }

    /** Groups of names and values. */
    private List<Object> facts(JsonNode end) {
      List<Object> groups = new ArrayList<>();
      groups.add(
          group(
              "Run",
              "directory",
              run.directory().path().toString(),
              "started",
              run.facts().createdMillis(),
              "state",
              state.toString(),
              run.options().hasNoGenerations() ? "evaluations" : "generations",
              done(),
              "networks in no generation",
              String.valueOf(figures.discarded())));
      groups.add(List.of("Search", rows(options().search())));
      groups.add(List.of("Training", rows(options().training())));
      List<Object> data = new ArrayList<>();
      data.add(List.of("name", run.facts().data()));
      data.add(List.of("classes", String.valueOf(run.facts().classes())));
      RunFacts.Digests digests = run.facts().digests();
      data.add(List.of("SHA-256, training", digests.train()));
      digests.validation().ifPresent(d -> data.add(List.of("SHA-256, validation", d)));
      data.add(List.of("SHA-256, test", digests.test().orElse("none: no test images")));
      run.facts()
          .validationImages()
          .ifPresent(n -> data.add(List.of("validation images", String.valueOf(n))));
      for (String part : List.of("training_images", "test_images")) {
        if (end.path("data").path(part).isNumber()) {
          data.add(List.of(part.replace('_', ' '), end.path("data").path(part).asText()));
        }
      }
      groups.add(List.of("Data set", data));
      List<Object> versions = new ArrayList<>();
      versions.add(List.of("cnn-evolution", run.facts().program()));
      versions.add(List.of("LibTorch presets", run.facts().libtorch()));
      if (end.path("versions").path("java").isTextual()) {
        versions.add(List.of("Java", end.path("versions").path("java").asText()));
      }
      groups.add(List.of("Versions", versions));
      return groups;
    }

    /** Times are milliseconds since 1970, which the page writes as dates. */
    private static List<Object> group(String name, Object... namesAndValues) {
      List<Object> rows = new ArrayList<>();
      for (int i = 0; i < namesAndValues.length; i += 2) {
        rows.add(List.of(namesAndValues[i], namesAndValues[i + 1]));
      }
      return List.of(name, rows);
    }

    private static List<Object> rows(Map<String, String> options) {
      List<Object> rows = new ArrayList<>();
      options.forEach(
          (name, value) -> rows.add(List.of("--" + name, value.isEmpty() ? "on" : value)));
      return rows;
    }
  }
}
