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
 * Passes the body of an HTTP response to one reading thread, and fails when the transfer stalls.
 *
 * <p>The JDK's client has a timeout for the response headers but none for the body: its input
 * stream blocks forever if the server stops sending. This class requests the body piece by piece,
 * so a slow disk does not fill the memory. Closing ends the transfer.
 */
final class BodyReader implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
  private static final Event END = new Event(List.of(), null);

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Duration timeout;
  private Flow.Subscription subscription;
  private boolean closed;

  /**
   * A piece of the body, or the failure of the transfer. The end of the body has neither bytes nor
   * a failure.
   */
  private record Event(List<ByteBuffer> bytes, Throwable failure) {}

  private BodyReader(Duration timeout) {
    this.timeout = timeout;
  }

  /** Starts reading. It is an error if no data arrives for longer than {@code timeout}. */
  static BodyReader of(Flow.Publisher<List<ByteBuffer>> body, Duration timeout) {
    BodyReader reader = new BodyReader(timeout);
    body.subscribe(reader);
    return reader;
  }

  /**
   * Waits for the next piece and returns it. The list is empty at the end of the body.
   *
   * @throws IOException if the connection failed or the server sent nothing until the timeout
   * @throws InterruptedException if this thread was interrupted while it waited
   */
  List<ByteBuffer> next() throws IOException, InterruptedException {
    Event event = events.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    if (event == null) {
      throw new HttpTimeoutException("the server sent nothing for " + timeout.toMillis() + " ms");
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
