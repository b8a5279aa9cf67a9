package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.Cluster;
import io.github.cnnevolution.engine.FinalTrainingSettings;
import io.github.cnnevolution.engine.GpuSettings;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.spark.SparkCluster;
import io.github.cnnevolution.spark.SparkLibrary;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/**
 * The options that say which machines train. Owns the cluster, if there is one.
 *
 * @param cluster empty: this machine trains
 */
record ClusterOptions(Optional<Cluster> cluster) implements AutoCloseable {
  private static final String EXECUTOR = "executor";
  private static final String MASTER = "spark_master";
  private static final String HOME = "spark_home";

  /** Candidates that share a GPU unless it is said. */
  private static final int TASKS_OF_GPU = 2;

  /** Returns the options of the command line. */
  static List<Option> options() {
    return List.of(
        Arguments.valued(
            EXECUTOR,
            "NAME",
            "what trains: local, this machine, or spark, the executors of a cluster (default: local)"),
        Arguments.valued(
            MASTER,
            "URL",
            "with --executor spark: the cluster, such as spark://HOST:7077 (default: what spark-submit says)"),
        Arguments.valued(
            HOME,
            "DIR",
            "with --executor spark: where Spark is installed, to start without spark-submit"));
  }

  private static boolean isSpark(Arguments arguments) throws UsageException {
    String text = arguments.text(EXECUTOR).orElse("local");
    if (!text.equals("local") && !text.equals("spark")) {
      throw new UsageException(Text.format("--%s '%s' must be local or spark", EXECUTOR, text));
    }
    return text.equals("spark");
  }

  /**
   * Refuses options that do not go together.
   *
   * @param local options that are for this machine alone
   */
  static void check(Arguments arguments, List<String> local) throws UsageException {
    if (isSpark(arguments)) {
      for (String option : local) {
        if (arguments.isGiven(option)) {
          throw new UsageException(
              Text.format(
                  "--%s is for this machine, and --%s spark trains on others, as Spark's options say; leave it out",
                  option, EXECUTOR));
        }
      }
      return;
    }
    for (String option : List.of(MASTER, HOME)) {
      if (arguments.isGiven(option)) {
        throw new UsageException(
            Text.format("--%s is for --%s spark; give that too", option, EXECUTOR));
      }
    }
  }

  /**
   * Has Spark on the class path, if it is asked for. Where it is not there and {@code --spark_home}
   * says where it is, the program is replaced by one that has it. Comes before anything is read
   * from the standard input, which the other program could not read again.
   *
   * @throws UsageException if Spark cannot be had
   */
  static void requireSpark(Arguments arguments) throws UsageException {
    if (isSpark(arguments) && !SparkLibrary.isPresent()) {
      SparkRestart.with(
          arguments
              .path(HOME)
              .orElseThrow(
                  () ->
                      new UsageException(
                          Text.format(
                              "--%s spark: Spark is not on the class path; start with spark-submit, or name the directory of Spark with --%s",
                              EXECUTOR, HOME))));
    }
  }

  /**
   * Starts an application of the cluster, if one is asked for.
   *
   * @param tasksOfGpu how many trainings share a GPU
   */
  static ClusterOptions start(Arguments arguments, int tasksOfGpu)
      throws UsageException, InterruptedException {
    return new ClusterOptions(
        isSpark(arguments)
            ? Optional.of(SparkCluster.start(arguments.text(MASTER), tasksOfGpu))
            : Optional.empty());
  }

  /** Starts an application that trains candidates, if one is asked for. */
  static ClusterOptions start(Arguments arguments, GpuSettings gpu)
      throws UsageException, InterruptedException {
    return start(arguments, gpu.workers().orElse(TASKS_OF_GPU));
  }

  /** Has the executors train. */
  void apply(SearchSettings.Builder settings) {
    cluster.ifPresent(settings::cluster);
  }

  /** Has the executors train. */
  void apply(FinalTrainingSettings.Builder settings) {
    cluster.ifPresent(settings::cluster);
  }

  @Override
  public void close() {
    cluster.ifPresent(Cluster::close);
  }
}
