package io.github.cnnevolution.data;

/** Told how far a conversion of pictures is; called on the thread that asked for it. */
@FunctionalInterface
public interface ConversionListener {
  /** Listens to nothing. */
  ConversionListener NONE = (done, total) -> {};

  /**
   * One more picture is converted. Not called where all are found in the cache.
   *
   * @param done in [1, total]
   * @param total pictures of all parts
   */
  void onProgress(int done, int total);
}
