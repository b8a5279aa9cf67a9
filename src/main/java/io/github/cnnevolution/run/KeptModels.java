package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.TrainedNetworkListener;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.files.FileFailure;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The best networks so far, each once, with their trained weights in files. A file is written as
 * soon as its network is among the best, so that whatever ends the run, they are on disk; none of
 * the weights stay in memory. Safe to use from many threads.
 *
 * <p>The best has a file of its own name, the others lie in a directory under the names of their
 * phenotypes, since places change while a search goes on. A search with several objectives has a
 * directory for the networks of its front too. Each file says whose weights it holds, so that it
 * can be told after a crash.
 */
public final class KeptModels implements TrainedNetworkListener {
  private static final String WEIGHTS = ".pt";

  private final Path bestFile;
  private final Path others;
  private final Path frontFiles;
  private final int count;

  /** Sorted by fitness, whichever is the best. */
  private List<Evaluation> ranking = new ArrayList<>();

  /** Of a run with several objectives; its preferred network is the best. */
  private Optional<Front> front;

  /**
   * No network yet.
   *
   * @param bestFile for the weights of the best
   * @param others directory for those of the others; made when it is needed
   * @param count how many are kept at most, at least 1
   */
  public KeptModels(Path bestFile, Path others, int count) {
    this(bestFile, others, count, others, Optional.empty());
  }

  /**
   * No network yet, of a run that may have several objectives.
   *
   * @param bestFile for the weights of the best
   * @param others directory for those of the fittest others; made when it is needed
   * @param count how many of the fittest are kept at most, at least 1
   * @param frontFiles directory for all networks of the front, the best included
   * @param goals of the front; empty with one objective
   */
  public KeptModels(
      Path bestFile, Path others, int count, Path frontFiles, Optional<FrontGoals> goals) {
    if (count < 1) {
      throw new IllegalArgumentException("at least 1 must be kept, not " + count);
    }
    this.bestFile = bestFile;
    this.others = others;
    this.count = count;
    this.frontFiles = frontFiles;
    this.front = goals.map(Front::empty);
  }

  /**
   * Takes note of a result that was not trained here, so that there may be no weights with it.
   *
   * @throws UncheckedIOException if the files of a network that is no longer among the best cannot
   *     be removed
   */
  public synchronized void register(Evaluation known) {
    if (isAdmitted(known)) {
      remove(add(known));
    }
  }

  /** Whether a result is kept: not if its network is already listed. */
  private boolean isAdmitted(Evaluation candidate) {
    return isRanked(candidate) || front.filter(one -> one.admits(candidate)).isPresent();
  }

  private boolean isRanked(Evaluation candidate) {
    Architecture architecture = candidate.job().architecture();
    return !candidate.isFailed()
        && !candidate.isPart()
        && (ranking.size() < count || isBetter(candidate, ranking.get(count - 1)))
        && ranking.stream().noneMatch(e -> e.job().architecture().equals(architecture));
  }

  private static boolean isBetter(Evaluation a, Evaluation b) {
    return Evaluation.BEST_FIRST.compare(a, b) < 0;
  }

  /** Weights that can be written to a file. */
  @FunctionalInterface
  private interface Source {
    /** Writes them to {@code file}, with a note of whose they are. */
    void write(Path file, String origin) throws IOException;
  }

  /**
   * Keeps the weights of {@code network} if its evaluation is among the best.
   *
   * @throws UncheckedIOException if a file cannot be written or removed
   */
  @Override
  public void onTrained(Evaluation candidate, Network network) {
    keep(candidate, source(network));
  }

  /**
   * Keeps weights that were trained in another process, if their evaluation is among the best.
   *
   * @param weights what {@link #weights} made of the network there
   * @throws UncheckedIOException if a file cannot be written or removed
   */
  public void onTrained(Evaluation candidate, byte[] weights) {
    keep(candidate, source(weights));
  }

  /** The file of a network's weights, for {@link #onTrained(Evaluation, byte[])}. */
  public static byte[] weights(Evaluation evaluation, Network network) {
    try (Weights weights = new Weights(network)) {
      return weights.bytes(origin(evaluation));
    }
  }

  /**
   * The fitness that a network must reach to be kept; equal ones may be. Minus infinity while any
   * network may be kept.
   */
  public synchronized double bar() {
    return front.isPresent() || ranking.size() < count
        ? Double.NEGATIVE_INFINITY
        : ranking.get(count - 1).fitness();
  }

  private static Source source(Network network) {
    return (file, origin) -> {
      try (Weights weights = new Weights(network)) {
        weights.write(file, origin);
      }
    };
  }

  private static Source source(byte[] weights) {
    return (file, origin) -> AtomicFile.write(file, out -> out.write(weights));
  }

  private synchronized void keep(Evaluation candidate, Source weights) {
    if (!isAdmitted(candidate)) {
      return;
    }
    List<Evaluation> rankingBefore = List.copyOf(ranking);
    Optional<Front> frontBefore = front;
    List<Path> dropped = add(candidate);
    try {
      // Written to disk before another file is removed.
      files(candidate).forEach(file -> write(candidate, file, weights));
      if (front.isPresent()) {
        repair(best());
      }
    } catch (UncheckedIOException e) {
      ranking = new ArrayList<>(rankingBefore);
      front = frontBefore;
      throw e;
    }
    remove(dropped);
  }

  /** Lists a result; returns the files of those that are listed no longer. */
  private List<Path> add(Evaluation evaluation) {
    List<Path> dropped = new ArrayList<>();
    if (isRanked(evaluation)) {
      ranking.add(evaluation);
      ranking.sort(Evaluation.BEST_FIRST);
      if (ranking.size() > count) {
        dropped.add(otherFile(ranking.remove(count)));
      }
    }
    if (front.isPresent()) {
      Front before = front.get();
      Front after = before.with(evaluation);
      front = Optional.of(after);
      before.members().stream()
          .filter(member -> !after.members().contains(member))
          .forEach(member -> dropped.add(frontFile(member)));
    }
    return dropped;
  }

  /** Removes weights and what is said about them. */
  private static void remove(List<Path> weights) {
    for (Path file : weights) {
      for (Path one : List.of(file, RunDirectory.facts(file))) {
        try {
          Files.deleteIfExists(one);
        } catch (IOException e) {
          throw cannotRemove(one, e);
        }
      }
    }
  }

  private Evaluation best() {
    return front
        .filter(one -> !one.members().isEmpty())
        .map(Front::preferred)
        .orElseGet(() -> ranking.get(0));
  }

  /** The fittest, the best first; the best need not be the fittest. */
  private List<Evaluation> top() {
    List<Evaluation> top = new ArrayList<>();
    if (!ranking.isEmpty()) {
      Evaluation best = best();
      top.add(best);
      ranking.stream().filter(e -> !e.equals(best)).limit(count - 1L).forEach(top::add);
    }
    return top;
  }

  /** The files of one of the best: at least one, that of the best last. */
  private List<Path> files(Evaluation evaluation) {
    List<Path> files = new ArrayList<>();
    if (front().contains(evaluation)) {
      files.add(frontFile(evaluation));
    }
    int place = top().indexOf(evaluation);
    if (place > 0) {
      files.add(otherFile(evaluation));
    } else if (place == 0) {
      files.add(bestFile);
    }
    return files;
  }

  private static UncheckedIOException cannotRemove(Path file, IOException e) {
    return new UncheckedIOException(
        Text.format("cannot remove %s: %s", file, FileFailure.reason(e)), e);
  }

  /**
   * Keeps the weights of one of the best, trained again.
   *
   * @throws InterruptedException if the thread is interrupted
   * @throws UncheckedIOException if a file cannot be written
   */
  public void restore(Evaluation evaluation, Network network) throws InterruptedException {
    restore(evaluation, source(network));
  }

  /**
   * Keeps the weights of one of the best, trained again in another process.
   *
   * @param weights what {@link #weights} made of the network there
   * @throws InterruptedException if the thread is interrupted
   * @throws UncheckedIOException if a file cannot be written
   */
  public void restore(Evaluation evaluation, byte[] weights) throws InterruptedException {
    restore(evaluation, source(weights));
  }

  private synchronized void restore(Evaluation evaluation, Source weights)
      throws InterruptedException {
    try {
      files(evaluation).forEach(file -> write(evaluation, file, weights));
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof ClosedByInterruptException) {
        throw new InterruptedException();
      }
      throw e;
    }
  }

  private void write(Evaluation evaluation, Path file, Source weights) {
    try {
      if (file.equals(bestFile)) {
        keepFormerBest(evaluation);
      } else {
        makeDirectory(file);
      }
      weights.write(file, origin(evaluation));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * The file of the best is about to be overwritten: the weights that it holds move to the others,
   * if they stay among the best.
   */
  private void keepFormerBest(Evaluation successor) throws IOException {
    if (count == 1 && front.isEmpty()) {
      return;
    }
    for (Evaluation former : evaluations()) {
      if (!former.equals(successor) && holds(bestFile, former)) {
        for (Path file : files(former)) {
          if (!file.equals(bestFile) && !holds(file, former)) {
            copy(bestFile, file);
          }
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    makeDirectory(to);
    AtomicFile.write(to, out -> Files.copy(from, out));
  }

  private static void makeDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new IOException(
          Text.format("cannot write %s: %s", file.getParent(), FileFailure.reason(e)), e);
    }
  }

  /**
   * Copies the weights of one of the best to those of its files that lack them, if another file has
   * them.
   *
   * @return whether all of its files have them now
   * @throws UncheckedIOException if a file cannot be written
   */
  public synchronized boolean repair(Evaluation evaluation) {
    List<Path> all =
        new ArrayList<>(List.of(frontFile(evaluation), otherFile(evaluation), bestFile));
    List<Path> missing = files(evaluation).stream().filter(f -> !holds(f, evaluation)).toList();
    if (missing.isEmpty()) {
      return true;
    }
    Optional<Path> source =
        all.stream().filter(f -> holds(f, evaluation) && Weights.isWhole(f)).findFirst();
    if (source.isEmpty()) {
      return false;
    }
    try {
      for (Path file : missing) {
        if (file.equals(bestFile)) {
          keepFormerBest(evaluation);
        }
        copy(source.get(), file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    return true;
  }

  /** Whose weights they are. */
  private static String origin(Evaluation evaluation) {
    return Text.format(
        "%s %s\n",
        evaluation.job().architecture().phenotype(), Double.toHexString(evaluation.fitness()));
  }

  private static boolean holds(Path file, Evaluation evaluation) {
    return Weights.origin(file).filter(origin(evaluation)::equals).isPresent();
  }

  private Path otherFile(Evaluation evaluation) {
    return others.resolve(evaluation.job().architecture().phenotype() + WEIGHTS);
  }

  private Path frontFile(Evaluation evaluation) {
    return frontFiles.resolve(evaluation.job().architecture().phenotype() + WEIGHTS);
  }

  /**
   * The file of the weights of one of the best.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  public synchronized byte[] read(Evaluation evaluation) {
    Path file = file(evaluation);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw cannotRead(file, e);
    }
  }

  private static UncheckedIOException cannotRead(Path file, IOException e) {
    return new UncheckedIOException(
        Text.format("cannot read %s: %s", file, FileFailure.reason(e)), e);
  }

  /** Where the weights of one of the best belong; a network of the front may have two places. */
  public synchronized Path file(Evaluation evaluation) {
    List<Path> files = files(evaluation);
    return files.get(files.size() - 1);
  }

  /** Whether the weights of one of the best are in their files. */
  public synchronized boolean isOnDisk(Evaluation evaluation) {
    return files(evaluation).stream().allMatch(file -> holds(file, evaluation));
  }

  /** Whether the weights of one of the best are in their files, undamaged; reads them. */
  public synchronized boolean isWhole(Evaluation evaluation) {
    return isOnDisk(evaluation) && files(evaluation).stream().allMatch(Weights::isWhole);
  }

  /**
   * Gives a network of the architecture of one of the best its weights.
   *
   * @throws UncheckedIOException if the file cannot be read
   */
  public synchronized void read(Evaluation evaluation, Network network) {
    Path file = file(evaluation);
    try (Weights weights = Weights.read(file, network)) {
      weights.copyTo(network);
    } catch (IOException e) {
      throw cannotRead(file, e);
    }
  }

  /**
   * The evaluations of all networks that are kept, the best first; empty while none has succeeded.
   */
  public synchronized List<Evaluation> evaluations() {
    List<Evaluation> all = new ArrayList<>(top());
    front().stream().filter(member -> !all.contains(member)).forEach(all::add);
    return List.copyOf(all);
  }

  /** The best, and the fittest of the others: as many as are asked for. */
  public synchronized List<Evaluation> fittest() {
    return List.copyOf(top());
  }

  /** The networks of the front, the most accurate first; none with one objective. */
  public synchronized List<Evaluation> front() {
    return front.map(Front::members).orElse(List.of());
  }

  /** The weights of a network as a part of the front. */
  public Path frontModel(Evaluation member) {
    return frontFile(member);
  }

  /**
   * Removes what does not belong to the others: of an earlier, longer list, or of a crash between
   * two files. What does not have the name of a network stays.
   *
   * @param phenotypes the names of all networks of the run, failed ones included
   * @throws UncheckedIOException if a file cannot be removed
   */
  public synchronized void deleteUnlisted(Set<String> phenotypes) {
    // Until the best has its own file, it may still be here.
    List<Evaluation> top = top();
    int first = !top.isEmpty() && holds(bestFile, top.get(0)) ? 1 : 0;
    deleteUnlisted(others, top.subList(Math.min(first, top.size()), top.size()), phenotypes);
    if (front.isPresent()) {
      deleteUnlisted(frontFiles, front(), phenotypes);
    }
  }

  private static void deleteUnlisted(
      Path directory, List<Evaluation> kept, Set<String> phenotypes) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Set<String> listed =
        kept.stream().map(e -> e.job().architecture().phenotype()).collect(Collectors.toSet());
    remove(
        phenotypes.stream()
            .filter(phenotype -> !listed.contains(phenotype))
            .map(phenotype -> directory.resolve(phenotype + WEIGHTS))
            .toList());
    try (Stream<Path> left = Files.list(directory)) {
      if (left.findAny().isEmpty()) {
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw cannotRemove(directory, e);
    }
  }
}
