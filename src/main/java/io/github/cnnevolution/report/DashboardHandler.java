package io.github.cnnevolution.report;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Serves the page, its parts, its data and its events. It is read-only, and pages of other sites
 * cannot read from it.
 */
final class DashboardHandler implements HttpHandler {
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int MISDIRECTED = 421;
  private static final int UNAVAILABLE = 503;

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final long HEARTBEAT_MILLIS = 15_000;

  /** No inline script, no inline style, nothing from elsewhere, no frame around it. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
              + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cache-Control",
          "no-store");

  private final HostCheck host;
  private final EventFeed feed;
  private final int mostStreams;
  private final Supplier<String> document;
  private final Map<String, Resource> resources = new HashMap<>();

  private record Resource(String mediaType, String text) {}

  /**
   * Creates a handler.
   *
   * @param mostStreams how many clients may receive events at a time, each with a thread
   * @param title of the page
   * @param document supplies the data of the page
   */
  DashboardHandler(
      HostCheck host, EventFeed feed, int mostStreams, String title, Supplier<String> document) {
    this.host = host;
    this.feed = feed;
    this.mostStreams = mostStreams;
    this.document = document;
    add("/", "text/html; charset=utf-8", RunPage.live(title, "live.js"));
    for (RunPage.Part part : RunPage.Part.values()) {
      add("/" + part.fileName(), part.mediaType(), RunPage.text(part));
    }
    add("/live.js", "text/javascript; charset=utf-8", RunPage.resource("live.js"));
    add("/live.css", "text/css; charset=utf-8", RunPage.resource("live.css"));
  }

  private void add(String path, String mediaType, String text) {
    resources.put(path, new Resource(mediaType, text));
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      HEADERS.forEach(exchange.getResponseHeaders()::set);
      Optional<Refusal> refusal = refusal(exchange);
      if (refusal.isPresent()) {
        send(exchange, refusal.get().status, TEXT, refusal.get().reason + "\n");
        return;
      }
      String path = exchange.getRequestURI().getPath();
      Resource resource = path == null ? null : resources.get(path);
      if (resource != null) {
        send(exchange, OK, resource.mediaType, resource.text);
      } else if ("/data.json".equals(path)) {
        send(exchange, OK, "application/json; charset=utf-8", document.get());
      } else if ("/events".equals(path)) {
        events(exchange);
      } else {
        send(exchange, NOT_FOUND, TEXT, "There is no such page.\n");
      }
    } catch (InterruptedException e) {
      // The server is closing.
      Thread.currentThread().interrupt();
    }
  }

  private record Refusal(int status, String reason) {}

  private Optional<Refusal> refusal(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    if (!host.accepts(headers.get("Host"), exchange.getLocalAddress().getAddress())) {
      return Optional.of(
          new Refusal(
              MISDIRECTED, "This is not the server of that name; use the address it has printed."));
    }
    if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return Optional.of(new Refusal(METHOD_NOT_ALLOWED, "This page can only be read."));
    }
    // Browsers mark requests from pages of other sites; links to this page are allowed.
    boolean foreign = "cross-site".equals(headers.getFirst("Sec-Fetch-Site"));
    if (foreign && !"navigate".equals(headers.getFirst("Sec-Fetch-Mode"))) {
      return Optional.of(new Refusal(FORBIDDEN, "Other sites may only link to this page."));
    }
    return Optional.empty();
  }

  private static void send(HttpExchange exchange, int status, String mediaType, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", mediaType);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, content.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(content);
    }
  }

  private void events(HttpExchange exchange) throws IOException, InterruptedException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      send(exchange, OK, "text/event-stream", "");
      return;
    }
    Optional<EventFeed.Client> joined = feed.join(mostStreams);
    if (joined.isEmpty()) {
      exchange.getResponseHeaders().set("Retry-After", "5");
      send(exchange, UNAVAILABLE, TEXT, "Too many pages are open.\n");
      return;
    }
    try (EventFeed.Client client = joined.get()) {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
      // nginx would collect events for seconds.
      exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
      exchange.sendResponseHeaders(OK, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        String hello =
            Text.format("retry: 1000\nevent: hello\ndata: %s\n\n", Json.line(Versions.all()));
        Optional<String> next = Optional.of(hello);
        while (next.isPresent()) {
          out.write(next.get().getBytes(StandardCharsets.UTF_8));
          out.flush();
          next = client.next(HEARTBEAT_MILLIS);
        }
      }
    }
  }
}
