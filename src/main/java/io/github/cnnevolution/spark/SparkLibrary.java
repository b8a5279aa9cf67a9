package io.github.cnnevolution.spark;

/** Whether Spark is there. Names none of its classes, so that it can be asked without them. */
public final class SparkLibrary {
  private SparkLibrary() {}

  /** Whether Spark is on the class path. */
  public static boolean isPresent() {
    try {
      Class.forName("org.apache.spark.api.java.JavaSparkContext");
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
