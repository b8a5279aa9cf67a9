package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.evaluation.JobOrder;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Trains given chromosomes as a search would, and leaves no files. Equal networks are trained once.
 *
 * <p>One thread asks it. Closing stops the workers and frees all memory.
 */
public final class CandidateEvaluation implements AutoCloseable {
  private final CandidateSettings settings;
  private final SearchSession session;
  private final EvaluationService service;

  private CandidateEvaluation(
      CandidateSettings settings, SearchSession session, SessionListener listener) {
    this.settings = settings;
    this.session = session;
    this.service = session.start(JobOrder.LONGEST_FIRST, listener);
  }

  /**
   * Loads LibTorch, reads the data and starts the workers. Takes seconds.
   *
   * @param space of the chromosomes
   * @param withTest whether the accuracy on the test images is measured too, if there are any
   * @throws SettingException if a setting cannot be used
   * @throws io.github.cnnevolution.data.DatasetException if the data cannot be read
   * @throws InterruptedException if the thread is interrupted while pictures are converted
   */
  public static CandidateEvaluation start(
      CandidateSettings settings, SearchSpace space, boolean withTest, SessionListener listener)
      throws InterruptedException {
    LibTorch.requirePrepared();
    return start(
        settings,
        new EvaluationSession(
            settings,
            space,
            FitnessFunction.ACCURACY,
            UnaryOperator.identity(),
            withTest,
            listener),
        listener);
  }

  /**
   * Reads the data, and has the executors of a cluster train. Takes seconds.
   *
   * @param cluster the caller closes it afterwards
   * @param space of the chromosomes; serializable if it is Java of the program's own
   * @param withTest whether the accuracy on the test images is measured too, if there are any
   * @throws SettingException if a setting cannot be used, or an executor does not fit
   * @throws io.github.cnnevolution.data.DatasetException if the data cannot be read
   * @throws InterruptedException if the thread is interrupted
   */
  public static CandidateEvaluation start(
      Cluster cluster,
      CandidateSettings settings,
      SearchSpace space,
      boolean withTest,
      SessionListener listener)
      throws InterruptedException {
    return start(
        settings,
        new ClusterSession(
            cluster,
            settings,
            space,
            FitnessFunction.ACCURACY,
            Optional.empty(),
            ObjectiveSettings.NONE,
            withTest,
            listener),
        listener);
  }

  private static CandidateEvaluation start(
      CandidateSettings settings, SearchSession session, SessionListener listener) {
    try {
      DeviceSelection.requireUse(settings, session.devices());
      return new CandidateEvaluation(settings, session, listener);
    } catch (SettingException e) {
      session.close();
      throw e;
    }
  }

  /** The name of the data set. */
  public String dataName() {
    return session.dataset().name();
  }

  /**
   * Evaluates all and waits. May take minutes a chromosome.
   *
   * @param onResult told of each result on the calling thread, in the order of the chromosomes
   * @return the results in the order of the chromosomes; a failed one has its reason
   * @throws SettingException if a network breaks a bound; nothing is trained then
   * @throws InterruptedException if the thread is interrupted
   * @throws io.github.cnnevolution.evaluation.NoDeviceLeftException if every device has failed
   */
  public List<Evaluation> evaluate(
      List<Chromosome> chromosomes, BiConsumer<Chromosome, Evaluation> onResult)
      throws InterruptedException {
    chromosomes.forEach(chromosome -> settings.require(service.decode(chromosome)));
    return service.evaluate(chromosomes, onResult);
  }

  /** How many images the fitness is measured on. */
  public int validationImages() {
    return session.validationSize();
  }

  /** How many test images there are. */
  public int testImages() {
    return session.dataset().test().map(ImageSet::size).orElse(0);
  }

  /** How many classes the data have. */
  public int classes() {
    return session.classes();
  }

  @Override
  public void close() {
    service.close();
    session.close();
  }
}
