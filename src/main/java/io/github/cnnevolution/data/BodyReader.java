package io.github.cnnevolution.data;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Hands the body of an HTTP response to one reading thread, and gives up when it stalls.
 *
 * <p>The JDK's client limits the time to the response headers but not to the body, and its input
 * stream blocks for good when a server falls silent. Here pieces are asked for one by one, so that
 * a slow disk does not fill the memory. Closing ends the transfer.
 */
final class BodyReader implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
  private static final Event END = new Event(List.of(), null);

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Duration limit;
  private Flow.Subscription subscription;
  private boolean closed;

  /** A piece of the body, or why there is none; the end has no bytes and no failure. */
  private record Event(List<ByteBuffer> bytes, Throwable failure) {}

  private BodyReader(Duration limit) {
    this.limit = limit;
  }

  /** Starts reading; a silence longer than {@code limit} is an error. */
  static BodyReader of(Flow.Publisher<List<ByteBuffer>> body, Duration limit) {
    BodyReader reader = new BodyReader(limit);
    body.subscribe(reader);
    return reader;
  }

  /**
   * Waits for the next piece; empty at the end of the body.
   *
   * @throws IOException if the connection failed, or the server was silent for too long
   * @throws InterruptedException if this thread was interrupted while it waited
   */
  List<ByteBuffer> next() throws IOException, InterruptedException {
    Event event = events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (event == null) {
      throw new HttpTimeoutException("the server sent nothing for " + limit.toMillis() + " ms");
    }
    if (event.failure() != null) {
      throw event.failure() instanceof IOException io ? io : new IOException(event.failure());
    }
    request();
    return event.bytes();
  }

  private synchronized void request() {
    if (!closed) {
      subscription.request(1);
    }
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription started) {
    subscription = started;
    if (closed) {
      started.cancel();
    } else {
      started.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    events.add(new Event(bytes, null));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new Event(List.of(), failure));
  }

  @Override
  public void onComplete() {
    events.add(END);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
