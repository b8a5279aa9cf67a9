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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The best networks so far, each once, with their trained weights in files. A file is written as
 * soon as its network is among the best, so that whatever ends the run, they are on disk; none of
 * the weights stay in memory. Safe to use from many threads.
 *
 * <p>The best has a file of its own name, the others lie in a directory under the names of their
 * phenotypes, since places change while a search goes on. Each file says whose weights it holds, so
 * that it can be told after a crash.
 */
public final class KeptModels implements TrainedNetworkListener {
  private static final String WEIGHTS = ".pt";

  /** What a run says about a network, beside its weights. */
  private static final String FACTS = ".json";

  private final Path bestFile;
  private final Path others;
  private final int count;
  private final List<Evaluation> ranking = new ArrayList<>();

  /**
   * No network yet.
   *
   * @param bestFile for the weights of the best
   * @param others directory for those of the others; made when it is needed
   * @param count how many are kept at most, at least 1
   */
  public KeptModels(Path bestFile, Path others, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least 1 must be kept, not " + count);
    }
    this.bestFile = bestFile;
    this.others = others;
    this.count = count;
  }

  /**
   * Takes note of a result that was not trained here, so that there may be no weights with it.
   *
   * @throws UncheckedIOException if the files of a network that is no longer among the best cannot
   *     be removed
   */
  public synchronized void register(Evaluation known) {
    if (isAdmitted(known)) {
      add(known);
    }
  }

  /** Adds a result, unless its network is already listed. */
  private boolean isAdmitted(Evaluation candidate) {
    Architecture architecture = candidate.job().architecture();
    return !candidate.isFailed()
        && !candidate.isPart()
        && (ranking.size() < count || isBetter(candidate, ranking.get(count - 1)))
        && ranking.stream().noneMatch(e -> e.job().architecture().equals(architecture));
  }

  private static boolean isBetter(Evaluation a, Evaluation b) {
    return Evaluation.BEST_FIRST.compare(a, b) < 0;
  }

  /**
   * Keeps the weights of {@code network} if its evaluation is among the best.
   *
   * @throws UncheckedIOException if a file cannot be written or removed
   */
  @Override
  public synchronized void onTrained(Evaluation candidate, Network network) {
    if (isAdmitted(candidate)) {
      boolean best = ranking.isEmpty() || isBetter(candidate, ranking.get(0));
      // Written to disk before another file is removed.
      write(candidate, best ? bestFile : otherFile(candidate), network);
      add(candidate);
    }
  }

  private void add(Evaluation evaluation) {
    ranking.add(evaluation);
    ranking.sort(Evaluation.BEST_FIRST);
    if (ranking.size() > count) {
      remove(ranking.remove(count).job().architecture().phenotype());
    }
  }

  private void remove(String phenotype) {
    for (String ending : List.of(WEIGHTS, FACTS)) {
      Path file = others.resolve(phenotype + ending);
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw cannotRemove(file, e);
      }
    }
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
  public synchronized void restore(Evaluation evaluation, Network network)
      throws InterruptedException {
    try {
      write(evaluation, file(evaluation), network);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof ClosedByInterruptException) {
        throw new InterruptedException();
      }
      throw e;
    }
  }

  private void write(Evaluation evaluation, Path file, Network network) {
    try (Weights weights = new Weights(network)) {
      if (file.equals(bestFile)) {
        keepFormerBest(evaluation);
      } else {
        makeDirectory();
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
    if (count == 1) {
      return;
    }
    for (Evaluation former : ranking) {
      if (!former.equals(successor)
          && holds(bestFile, former)
          && !holds(otherFile(former), former)) {
        makeDirectory();
        AtomicFile.write(otherFile(former), out -> Files.copy(bestFile, out));
      }
    }
  }

  private void makeDirectory() throws IOException {
    try {
      Files.createDirectories(others);
    } catch (IOException e) {
      throw new IOException(Text.format("cannot write %s: %s", others, FileFailure.reason(e)), e);
    }
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

  /** Where the weights of one of the best belong. */
  public synchronized Path file(Evaluation evaluation) {
    return evaluation.equals(ranking.get(0)) ? bestFile : otherFile(evaluation);
  }

  /** Whether the weights of one of the best are in their file. */
  public synchronized boolean isOnDisk(Evaluation evaluation) {
    return holds(file(evaluation), evaluation);
  }

  /** Whether the weights of one of the best are in their file, undamaged; reads the whole file. */
  public synchronized boolean isWhole(Evaluation evaluation) {
    return isOnDisk(evaluation) && Weights.isWhole(file(evaluation));
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
      throw new UncheckedIOException(
          Text.format("cannot read %s: %s", file, FileFailure.reason(e)), e);
    }
  }

  /** The evaluations of the best networks, the best first; empty while none has succeeded. */
  public synchronized List<Evaluation> evaluations() {
    return List.copyOf(ranking);
  }

  /**
   * Removes what does not belong to the others: of an earlier, longer list, or of a crash between
   * two files. What does not have the name of a network stays.
   *
   * @param phenotypes the names of all networks of the run, failed ones included
   * @throws UncheckedIOException if a file cannot be removed
   */
  public synchronized void deleteUnlisted(Set<String> phenotypes) {
    if (!Files.isDirectory(others)) {
      return;
    }
    // Until the best has its own file, it may still be here.
    int first = !ranking.isEmpty() && isOnDisk(ranking.get(0)) ? 1 : 0;
    Set<String> listed =
        ranking.stream()
            .skip(first)
            .map(e -> e.job().architecture().phenotype())
            .collect(Collectors.toSet());
    phenotypes.stream().filter(phenotype -> !listed.contains(phenotype)).forEach(this::remove);
    try (Stream<Path> left = Files.list(others)) {
      if (left.findAny().isEmpty()) {
        Files.delete(others);
      }
    } catch (IOException e) {
      throw cannotRemove(others, e);
    }
  }
}
