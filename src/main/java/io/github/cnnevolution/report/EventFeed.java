package io.github.cnnevolution.report;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Server-sent events for any number of clients. Keeps only the latest event of each kind: a slow
 * client misses some and blocks no one. A kind may have changes: a client that has the event before
 * gets only what has changed since. Safe to use from many threads.
 */
final class EventFeed {
  private final Map<String, Event> latest = new HashMap<>();
  private long count;
  private int clients;
  private boolean ended;

  /**
   * An event.
   *
   * @param number counts the events from 1
   * @param text of the whole event
   * @param before number of the event of the same kind that {@code change} begins with; 0 without
   * @param change text of an event for those who have the one before
   */
  private record Event(long number, Supplier<String> text, long before, String change) {
    String textFor(long seen) {
      return before > 0 && before <= seen ? change : text.get();
    }
  }

  /** Replaces the latest event of this kind. */
  synchronized void publish(String kind, String json) {
    String text = text(kind, json);
    latest.put(kind, new Event(++count, () -> text, 0, ""));
    notifyAll();
  }

  /**
   * Replaces the latest event of this kind, which is sent only to clients that do not have the one
   * before: the others get its change.
   *
   * @param json of the event, asked for when a client needs it, by the thread that sends it
   * @param change of the event before
   * @param changeKind the kind of the event that has the change
   */
  synchronized void publish(
      String kind, Supplier<String> json, String changeKind, Optional<String> change) {
    Event old = latest.get(kind);
    long before = old == null || change.isEmpty() ? 0 : old.number;
    String changeText = change.map(some -> text(changeKind, some)).orElse("");
    latest.put(kind, new Event(++count, () -> text(kind, json.get()), before, changeText));
    notifyAll();
  }

  /** One-line JSON has no line break, which would end the field. */
  private static String text(String kind, String json) {
    return Text.format("event: %s\ndata: %s\n\n", kind, json);
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
      List<Event> unseen;
      long before = seen;
      synchronized (EventFeed.this) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; seen == count && !ended && left > 0; left = millis(end)) {
          EventFeed.this.wait(left);
        }
        if (seen == count) {
          return ended ? Optional.empty() : Optional.of(":\n\n");
        }
        unseen = new ArrayList<>(latest.values());
        seen = count;
      }
      unseen.removeIf(event -> event.number <= before);
      unseen.sort(Comparator.comparingLong(Event::number));
      return Optional.of(
          unseen.stream().map(event -> event.textFor(before)).collect(Collectors.joining()));
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
