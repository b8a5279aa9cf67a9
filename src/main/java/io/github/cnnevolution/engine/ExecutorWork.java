package io.github.cnnevolution.engine;

/** What an executor keeps between calls for one search, evaluation or final training. */
interface ExecutorWork extends AutoCloseable {
  @Override
  void close();
}
