package io.github.cnnevolution.training;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Resources that are opened one after the other and closed in the reverse order. A class that opens
 * several in its constructor closes the stack where one of them cannot be opened. Not thread-safe.
 */
final class ResourceStack implements AutoCloseable {
  private final Deque<Runnable> closers = new ArrayDeque<>();

  /**
   * Takes over a resource that has just been opened.
   *
   * @return the resource
   */
  <R> R push(R resource, Consumer<? super R> closer) {
    closers.push(() -> closer.accept(resource));
    return resource;
  }

  @Override
  public void close() {
    while (!closers.isEmpty()) {
      closers.pop().run();
    }
  }
}
