package io.github.cnnevolution.data;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A real local HTTP server that serves one file and can inject faults. */
final class ArchiveServer implements AutoCloseable {
  /** Handles one request. {@code number} counts from 0. */
  @FunctionalInterface
  interface Handler {
    void handle(HttpExchange exchange, int number) throws IOException;
  }

  /** The range headers of one request. */
  record Request(Optional<String> range, Optional<String> ifRange) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicLong sent = new AtomicLong();

  ArchiveServer(Handler handler) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          int number = requests.size();
          requests.add(
              new Request(
                  Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range")),
                  Optional.ofNullable(exchange.getRequestHeaders().getFirst("If-Range"))));
          handler.handle(exchange, number);
        });
    server.start();
  }

  URI uri() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/archive.tar.gz");
  }

  /** Returns the requests so far, in order. */
  List<Request> requests() {
    return requests;
  }

  /** Returns the number of body bytes written so far. */
  long sent() {
    return sent.get();
  }

  /** Sends the file, or the requested range of it, with the correct headers. */
  void serve(HttpExchange exchange, byte[] file) throws IOException {
    serve(exchange, file, file.length);
  }

  /**
   * Sends the file, or the requested range of it, but cuts the connection before byte {@code cut}
   * of the file.
   */
  void serve(HttpExchange exchange, byte[] file, int cut) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
    if (from >= file.length) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + file.length);
      exchange.sendResponseHeaders(416, -1);
      exchange.close();
      return;
    }
    if (range != null) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, file.length - 1, file.length));
    }
    send(exchange, range == null ? 200 : 206, file, from, cut);
  }

  /** Sends the whole file and ignores a requested range. */
  void serveWhole(HttpExchange exchange, byte[] file) throws IOException {
    send(exchange, 200, file, 0, file.length);
  }

  private void send(HttpExchange exchange, int status, byte[] file, int from, int cut)
      throws IOException {
    exchange.sendResponseHeaders(status, file.length - from);
    int length = Math.max(0, Math.min(cut, file.length) - from);
    exchange.getResponseBody().write(file, from, length);
    exchange.getResponseBody().flush();
    sent.addAndGet(length);
    exchange.close();
  }

  /** Sends a status code without a body. */
  void refuse(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
