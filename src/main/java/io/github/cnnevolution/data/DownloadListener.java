package io.github.cnnevolution.data;

/** Receives the progress of a download, on the downloading thread, after every few kilobytes. */
@FunctionalInterface
public interface DownloadListener {
  /**
   * Called when bytes have arrived. The first call includes the bytes of an earlier, interrupted
   * download. The count only grows, unless the server cannot resume: then it restarts at 0.
   *
   * @param bytesSoFar the number of bytes on disk, in [0, total]
   * @param totalOrMinusOne the size of the whole file in bytes, or -1 if the server does not report
   *     it
   */
  void onProgress(long bytesSoFar, long totalOrMinusOne);
}
