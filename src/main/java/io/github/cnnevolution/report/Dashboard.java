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
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves the live page of a search to browsers.
 *
 * <p>A result only sets a flag, so it never delays the search. One thread checks the flag four
 * times a second. It rebuilds the document for at most 1 % of the time, but at least every 1.5 s
 * (every 10 s with 10,000 evaluations), and not at all without clients. Clients get what is new.
 *
 * <p>The server is the JDK's {@code jdk.httpserver}, which suffices for a few clients and adds no
 * dependency.
 */
public final class Dashboard implements SearchListener, AutoCloseable {
  /** The default port. */
  public static final int DEFAULT_PORT = 8765;

  /** The default host: other machines cannot reach it. */
  public static final String DEFAULT_HOST = "127.0.0.1";

  private static final int MOST_STREAMS = 32;
  private static final int THREADS = MOST_STREAMS + 8;
  private static final long LOOK_MILLIS = 250;
  private static final long NOW_MILLIS = 1_000;
  private static final long PAUSE_FACTOR = 100;
  private static final long LONGEST_PAUSE_MILLIS = 1_500;
  private static final long PAUSE_MILLIS_AN_EVALUATION = 1;
  private static final long FAREWELL_MILLIS = 2_000;

  private final String host;
  private final HttpServer server;
  private final EventFeed feed = new EventFeed();
  private final ExecutorService threads;
  private Optional<SearchState> search = Optional.empty();
  private Optional<LiveData> data = Optional.empty();
  private Optional<Thread> publisher = Optional.empty();
  private RunState state = RunState.RUNNING;
  private Optional<PageData> document = Optional.empty();

  /** The latest document that clients were told of. */
  private Optional<PageData> published = Optional.empty();

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
   * Binds the address. Requests before {@link #show} wait.
   *
   * @param host a name or an address of this machine
   * @param port 0 for any free port
   * @throws IOException if the address is not available
   */
  public static Dashboard open(String host, int port) throws IOException {
    // An unfinished request times out; small responses are sent at once.
    setDefault("sun.net.httpserver.maxReqTime", "10");
    setDefault("sun.net.httpserver.nodelay", "true");
    return new Dashboard(host, HttpServer.create(new InetSocketAddress(host, port), 0));
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Returns the address of the page. */
  public String url() {
    InetSocketAddress address = server.getAddress();
    String name = host.contains(":") ? "[" + host + "]" : host;
    return Text.format("http://%s:%d/", name, address.getPort());
  }

  /** Whether other machines can reach it. */
  public boolean isPublic() {
    return !server.getAddress().getAddress().isLoopbackAddress();
  }

  /**
   * Sets the state of the search. It must receive events before this does.
   *
   * @param now the state of the search
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

  /** Starts to serve this run. */
  synchronized void show(LiveData run) {
    data = Optional.of(run);
    server.createContext(
        "/",
        new DashboardHandler(
            new HostCheck(host), feed, MOST_STREAMS, run.title(), () -> document().json()));
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
    try {
      while (!closing) {
        long now = millis();
        int clients = feed.clients();
        if (clients > 0 && now >= nextDocument) {
          publishDocument();
          long took = millis() - now;
          nextDocument = now + took + Math.min(longestPause(), PAUSE_FACTOR * took);
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
      // The run meets the same error and reports it.
      feed.end();
    }
  }

  /** A document takes time in proportion to its evaluations; so its share of the time does not. */
  private long longestPause() {
    return Math.max(
        LONGEST_PAUSE_MILLIS, PAUSE_MILLIS_AN_EVALUATION * data.orElseThrow().evaluations());
  }

  private static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** Tells the clients what is new in the document; new clients get all of it. */
  private void publishDocument() {
    PageData latest = document();
    Object before = published.map(PageData::object).orElse(null);
    Optional<Map<String, Object>> change = PageChange.between(before, latest.object());
    if (change.isPresent()) {
      feed.publish(
          "data",
          latest::json,
          "change",
          published.isPresent() ? change.map(PageJson::of) : Optional.empty());
      published = Optional.of(latest);
    }
  }

  private synchronized PageData document() {
    if (stale) {
      stale = false;
      document = Optional.of(data.orElseThrow().document(state));
    }
    return document.orElseThrow();
  }

  /**
   * Publishes the final state of the run and stops the server. Clients receive it before this
   * returns, unless they are very slow. Their pages stay as they are, and poll for a resumed run.
   *
   * @param end the final state, such as {@link RunState#FINISHED}
   */
  void finish(RunState end) {
    if (closing) {
      return;
    }
    closing = true;
    // Ctrl-C interrupts this thread; clients receive the final state even then.
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
      publishDocument();
      feed.publish("now", data.orElseThrow().now());
    } catch (StoreException e) {
      // The final document is skipped; the run reports the error.
      stale = true;
    }
    feed.publish("end", Json.line(Map.of("state", end.toString())));
  }

  /** Stops the server, unless {@link #finish} has done so. */
  @Override
  public void close() {
    finish(RunState.STOPPED);
  }
}
