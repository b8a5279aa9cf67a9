package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.ConversionListener;
import io.github.cnnevolution.evaluation.EvaluationListener;

/**
 * Told of what happens while networks are trained. Events of candidates arrive on the workers'
 * threads, several at a time; the others on the thread that called the engine. A listener must be
 * quick and must not throw.
 */
public interface SessionListener extends EvaluationListener, ConversionListener {
  /** Ignores all events. */
  SessionListener NONE = new SessionListener() {};

  /** Something a person should know, in one line, such as why GPUs are not used. */
  default void onNotice(String notice) {}

  /** One more picture of class folders has been converted. */
  @Override
  default void onProgress(int done, int total) {}

  /** The images are read. */
  default void onDataRead() {}
}
