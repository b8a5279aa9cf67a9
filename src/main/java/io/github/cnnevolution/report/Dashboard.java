package io.github.cnnevolution.report;

import com.sun.net.httpserver.HttpServer;
import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchStart;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.search.Generation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The page of a running search, served to browsers.
 *
 * <p>Results wake nobody: they only leave a mark, and one thread looks four times a second whether
 * there is news for a client. It makes the document again at most so often that this takes a
 * hundredth of the time, except that nobody waits longer than 1.5 s. Without clients nothing is
 * made.
 *
 * <p>The server is that of the JDK, the module {@code jdk.httpserver}: it needs no dependency, and
 * a page for a handful of readers no more.
 */
public final class Dashboard implements SearchListener, AutoCloseable {
  /** Where the page is unless told otherwise. */
  public static final int DEFAULT_PORT = 8765;

  /** Where the page is unless told otherwise: nobody else's machine can reach it. */
  public static final String DEFAULT_HOST = "127.0.0.1";

  private static final int MOST_STREAMS = 32;
  private static final int THREADS = MOST_STREAMS + 8;
  private static final long LOOK_MILLIS = 250;
  private static final long NOW_MILLIS = 1_000;
  private static final long PAUSE_FACTOR = 100;
  private static final long LONGEST_PAUSE_MILLIS = 1_500;
  private static final long FAREWELL_MILLIS = 2_000;

  private final String host;
  private final HttpServer server;
  private final EventFeed feed = new EventFeed();
  private final ExecutorService threads;
  private Optional<SearchState> search = Optional.empty();
  private Optional<LiveData> data = Optional.empty();
  private Optional<Thread> publisher = Optional.empty();
  private RunState state = RunState.RUNNING;
  private String document = "";
  private volatile boolean stale = true;
  private volatile boolean closing;

  private Dashboard(String host, HttpServer server) {
    this.host = host;
    this.server = server;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            THREADS, work -> daemon(work, "dashboard-" + number.getAndIncrement()));
    server.setExecutor(threads);
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Takes the address. Whoever asks before {@link #show} waits.
   *
   * @param host a name or an address of this machine
   * @param port 0 for one that is free
   * @throws IOException if the address cannot be had
   */
  public static Dashboard open(String host, int port) throws IOException {
    // A client that does not finish its request loses its thread; what is small is sent at once.
    setDefault("sun.net.httpserver.maxReqTime", "10");
    setDefault("sun.net.httpserver.nodelay", "true");
    return new Dashboard(host, HttpServer.create(new InetSocketAddress(host, port), 0));
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Where the page is. */
  public String url() {
    InetSocketAddress address = server.getAddress();
    String name = host.contains(":") ? "[" + host + "]" : host;
    return "http://%s:%d/".formatted(name, address.getPort());
  }

  /** Whether other machines may reach it. */
  public boolean isPublic() {
    return !server.getAddress().getAddress().isLoopbackAddress();
  }

  /**
   * Says where the state of the search is, which must be told of events before this is.
   *
   * @param now what the search does
   */
  public synchronized void watch(SearchState now) {
    search = Optional.of(now);
  }

  @Override
  public void onSearchStart(SearchStart start) {
    show(new LiveData(start.directory(), start.store(), search.orElseThrow()));
  }

  @Override
  public void onSearchEnd(RunState end) {
    finish(end);
  }

  /** Begins to serve this run. */
  synchronized void show(LiveData run) {
    data = Optional.of(run);
    server.createContext(
        "/",
        new DashboardHandler(new HostCheck(host), feed, MOST_STREAMS, run.title(), this::document));
    Thread thread = daemon(this::publish, "dashboard-publisher");
    publisher = Optional.of(thread);
    thread.start();
    server.start();
  }

  @Override
  public void onEnd(Evaluation evaluation) {
    stale = true;
  }

  @Override
  public void onFound(Evaluation evaluation) {
    stale = true;
  }

  @Override
  public void onGenerationEnd(Generation generation, GenerationCounts counts) {
    stale = true;
  }

  private void publish() {
    long nextDocument = 0;
    long nextNow = 0;
    String published = "";
    try {
      while (!closing) {
        long now = millis();
        int clients = feed.clients();
        if (clients > 0 && now >= nextDocument) {
          String latest = document();
          if (!latest.equals(published)) {
            feed.publish("data", latest);
            published = latest;
          }
          long took = millis() - now;
          nextDocument = now + took + Math.min(LONGEST_PAUSE_MILLIS, PAUSE_FACTOR * took);
        }
        if (clients > 0 && now >= nextNow) {
          feed.publish("now", data.orElseThrow().now());
          nextNow = now + NOW_MILLIS;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      // The dashboard is closing.
      Thread.currentThread().interrupt();
    } catch (StoreException e) {
      // The run has hit upon it too, and says so.
      feed.end();
    }
  }

  private static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private synchronized String document() {
    if (stale) {
      stale = false;
      document = data.orElseThrow().document(state);
    }
    return document;
  }

  /**
   * Shows the last state of the run, and ends. Clients get it before this returns, unless they are
   * very slow; their pages keep what they show, and ask now and then whether the run goes on.
   *
   * @param end in one word, such as {@link RunState#FINISHED}
   */
  void finish(RunState end) {
    if (closing) {
      return;
    }
    closing = true;
    // An interrupt of this thread, which is how Ctrl-C ends a search, shall not cost the clients
    // it.
    boolean interrupted = Thread.interrupted();
    try {
      publisher.ifPresent(Thread::interrupt);
      if (publisher.isPresent()) {
        publisher.get().join();
        if (feed.clients() > 0) {
          sendEnd(end);
        }
        feed.end();
        feed.awaitNoClients(FAREWELL_MILLIS);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    server.stop(0);
    threads.shutdownNow();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendEnd(RunState end) {
    synchronized (this) {
      state = end;
      stale = true;
    }
    try {
      feed.publish("data", document());
      feed.publish("now", data.orElseThrow().now());
    } catch (StoreException e) {
      // Then without; the run says why.
      stale = true;
    }
    feed.publish("end", Json.line(Map.of("state", end.toString())));
  }

  /** Ends, if it has not ended yet. */
  @Override
  public void close() {
    finish(RunState.STOPPED);
  }
}
