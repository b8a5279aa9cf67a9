package io.github.cnnevolution.data;

/** Told how far a download is; called on the downloading thread after every few kilobytes. */
@FunctionalInterface
public interface DownloadListener {
  /**
   * More bytes have arrived. The first call counts what an interrupted download left. The numbers
   * only grow, except that they start anew when the server cannot resume.
   *
   * @param bytesSoFar bytes on disk, in [0, total]
   * @param totalOrMinusOne bytes of the whole file, or -1 while the server does not say
   */
  void onProgress(long bytesSoFar, long totalOrMinusOne);
}
