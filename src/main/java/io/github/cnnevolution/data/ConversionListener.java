package io.github.cnnevolution.data;

/** Receives the progress of a picture conversion, on the thread that called the conversion. */
@FunctionalInterface
public interface ConversionListener {
  /** Ignores the progress. */
  ConversionListener NONE = (done, total) -> {};

  /**
   * Called after each converted picture. Not called if the cache contains all pictures.
   *
   * @param done the number of converted pictures, in [1, total]
   * @param total the number of pictures in all parts
   */
  void onProgress(int done, int total);
}
