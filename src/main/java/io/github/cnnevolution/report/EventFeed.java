package io.github.cnnevolution.report;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Server-sent events for any number of clients. Keeps only the latest event of each kind: a slow
 * client misses some and blocks no one. Safe to use from many threads.
 */
final class EventFeed {
  private final Map<String, Event> latest = new HashMap<>();
  private long count;
  private int clients;
  private boolean ended;

  private record Event(long number, String text) {}

  /** Replaces the latest event of this kind. */
  synchronized void publish(String kind, String json) {
    // One-line JSON has no line break, which would end the field.
    latest.put(kind, new Event(++count, Text.format("event: %s\ndata: %s\n\n", kind, json)));
    notifyAll();
  }

  /** Ends the feed: clients receive what is left, then the end. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Returns the number of clients. */
  synchronized int clients() {
    return clients;
  }

  /**
   * Waits until no client is left.
   *
   * @param millis how long at most
   */
  synchronized void awaitNoClients(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = millis; clients > 0 && left > 0; left = millis(end)) {
      wait(left);
    }
  }

  private static long millis(long end) {
    return TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
  }

  /**
   * Adds a client, unless there are too many.
   *
   * @param most clients at a time
   */
  synchronized Optional<Client> join(int most) {
    if (clients >= most || ended) {
      return Optional.empty();
    }
    clients++;
    return Optional.of(new Client());
  }

  /** A reader of the events. */
  final class Client implements AutoCloseable {
    private long seen;

    /**
     * Waits for events that are new to this client.
     *
     * @param millis how long at most
     * @return their text; a comment, which keeps the connection open, after the timeout; empty at
     *     the end of the feed
     */
    Optional<String> next(long millis) throws InterruptedException {
      synchronized (EventFeed.this) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; seen == count && !ended && left > 0; left = millis(end)) {
          EventFeed.this.wait(left);
        }
        if (seen == count) {
          return ended ? Optional.empty() : Optional.of(":\n\n");
        }
        List<Event> unseen = new ArrayList<>(latest.values());
        unseen.removeIf(event -> event.number <= seen);
        unseen.sort(Comparator.comparingLong(Event::number));
        seen = count;
        return Optional.of(unseen.stream().map(Event::text).collect(Collectors.joining()));
      }
    }

    @Override
    public void close() {
      synchronized (EventFeed.this) {
        clients--;
        EventFeed.this.notifyAll();
      }
    }
  }
}
