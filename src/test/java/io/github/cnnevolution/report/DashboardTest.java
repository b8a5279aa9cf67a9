package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.cnnevolution.run.RunState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real requests to a real server over a real store. */
class DashboardTest {
  @TempDir private Path directory;
  private RunMadeUp run;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws IOException {
    run = new RunMadeUp(directory);
  }

  @AfterEach
  void stop() {
    run.close();
  }

  private void arrive(int number) {
    run.arrive(number);
  }

  private URI uri(String path) {
    return URI.create(run.dashboard().url()).resolve(path);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/page.css", "/page.js", "/chart.js", "/live.js", "/live.css", "/data.json"})
  void everyAnswerIsGuarded(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertEquals(200, answer.statusCode());
    String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
    assertEquals(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        policy);
    assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
    assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElse(""));
    assertTrue(
        answer.headers().map().keySet().stream()
            .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control")),
        "no CORS");
  }

  @Test
  void thePageHasNothingThatThePolicyForbids() throws Exception {
    String page = get("/").body();
    assertTrue(page.contains("<script src=\"/live.js\"></script>"), page);
    assertFalse(page.contains("<style") || page.contains(" style="), "inline style");
    assertEquals(
        page.split("<script", -1).length,
        page.split("<script src=\"/", -1).length,
        "inline script");
    assertFalse(page.matches("(?s).*\\son\\w+=.*"), "inline handler");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"})
  void otherMethodsAreRefused(String method) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/data.json"))
            .method(method, HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    assertEquals(405, answer.statusCode());
    assertEquals("GET, HEAD", answer.headers().firstValue("Allow").orElse(""));
  }

  @Test
  void headHasTheLengthAndNoBody() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/page.js"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    assertEquals("", answer.body());
    int length = get("/page.js").body().getBytes(StandardCharsets.UTF_8).length;
    assertEquals(length, answer.headers().firstValueAsLong("Content-Length").orElse(0));
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    assertEquals(404, get("/run.db").statusCode());
    assertEquals(404, get("/..%2frun.db").statusCode());
    assertEquals(404, get("/page.css/").statusCode());
  }

  /** The first line of the answer to a request with these lines in its head. */
  private String status(String... head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri("/").getPort())) {
      String request = "GET /data.json HTTP/1.1\r\n" + String.join("\r\n", head) + "\r\n";
      socket
          .getOutputStream()
          .write((request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
          .readLine();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "127.0.0.1, evil.example",
        "999.999.999.999",
        "[evil.example]",
        "[::1",
        "[:::1]",
        "[127.0.0.1.evil.example]",
        "7f000001.evil.example",
        "2130706433",
        "127.1",
        ""
      })
  void foreignHostsAreRefused(String host) throws IOException {
    assertRefused(status("Host: " + host));
  }

  /** By this program, or before it by the JDK: 17.0.21 finds some of these malformed. */
  private static void assertRefused(String status) {
    assertTrue(status.matches("HTTP/1\\.1 (421|400) .*"), status);
  }

  @Test
  void aHostMustBeNamedOnce() throws IOException {
    assertRefused(status("X-Nothing: 1"));
    assertRefused(status("Host: 127.0.0.1", "Host: evil.example"));
  }

  /**
   * The port may be that of a tunnel's other end, the address that of a router or of a container's
   * host.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:9999",
        "localhost",
        "LocalHost:1",
        "127.0.0.2",
        "0.0.0.0:8765",
        "203.0.113.7:9000",
        "[::1]",
        "[2001:db8::7]:8765",
        "[::ffff:203.0.113.7]"
      })
  void ownHostsAreServed(String host) throws IOException {
    assertTrue(status("Host: " + host).startsWith("HTTP/1.1 200 "));
  }

  @Test
  void otherSitesMayLinkButNotEmbed() throws IOException {
    String host = "Host: 127.0.0.1";
    assertTrue(
        status(host, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors")
            .startsWith("HTTP/1.1 403 "));
    assertTrue(
        status(host, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")
            .startsWith("HTTP/1.1 200 "));
    assertTrue(
        status(host, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors")
            .startsWith("HTTP/1.1 200 "));
  }

  /** Server-sent events as they come. */
  private final class Events implements AutoCloseable {
    private final InputStream stream;
    private final BufferedReader reader;
    private JsonNode document = MissingNode.getInstance();
    private int wholes;
    private int longestChange;

    Events() throws Exception {
      HttpResponse<InputStream> answer =
          client.send(HttpRequest.newBuilder(uri("/events")).build(), BodyHandlers.ofInputStream());
      assertEquals(200, answer.statusCode());
      assertTrue(
          answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream"));
      assertEquals("no", answer.headers().firstValue("X-Accel-Buffering").orElse(""));
      stream = answer.body();
      reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** The data of the next event of this kind. */
    JsonNode next(String kind) throws IOException {
      for (String line = reader.readLine(); ; line = reader.readLine()) {
        assertTrue(line != null, "the stream has ended");
        if (line.equals("event: " + kind)) {
          return new ObjectMapper().readTree(reader.readLine().substring("data: ".length()));
        }
      }
    }

    /** The document after the next event that has or changes it. */
    JsonNode document() throws IOException {
      for (String line = reader.readLine(); ; line = reader.readLine()) {
        assertTrue(line != null, "the stream has ended");
        boolean whole = line.equals("event: data");
        if (whole || line.equals("event: change")) {
          String data = reader.readLine().substring("data: ".length());
          JsonNode json = new ObjectMapper().readTree(data);
          wholes += whole ? 1 : 0;
          longestChange = whole ? longestChange : Math.max(longestChange, data.length());
          document = whole ? json : ChangedJson.of(document, json);
          return document;
        }
      }
    }

    boolean hasEnded() throws IOException {
      while (reader.readLine() != null) {
        // What is left.
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  @Test
  void aNewResultIsPushedWithinTwoSeconds() throws Exception {
    try (Events events = new Events()) {
      assertEquals(0, events.document().path("evaluations").size());
      long fastest = Long.MAX_VALUE;
      for (int i = 1; i <= 10; i++) {
        long start = System.nanoTime();
        arrive(i);
        assertEquals(i, events.document().path("evaluations").size());
        fastest = Math.min(fastest, System.nanoTime() - start);
      }
      // On a busy machine any of them may be late. A server that polls would delay each, because
      // the next result arrives just after it has looked.
      assertTrue(fastest < Duration.ofSeconds(2).toNanos(), fastest + " ns");
    }
  }

  @Test
  void onlyWhatIsNewIsSent() throws Exception {
    for (int i = 1; i <= 400; i++) {
      arrive(i);
    }
    int whole = get("/data.json").body().length();
    try (Events events = new Events()) {
      events.document();
      for (int i = 401; i <= 405; i++) {
        arrive(i);
        JsonNode document = events.document();
        assertEquals(i, document.path("evaluations").size());
        JsonNode known = new ObjectMapper().readTree(get("/data.json").body());
        assertEquals(known, document);
      }
      assertEquals(1, events.wholes);
      assertTrue(events.longestChange < whole / 20, events.longestChange + " of " + whole);
    }
  }

  @Test
  void whoComesLaterSeesEverythingAtOnce() throws Exception {
    arrive(1);
    assertEquals(
        1, new ObjectMapper().readTree(get("/data.json").body()).path("evaluations").size());
    try (Events first = new Events()) {
      assertEquals(1, first.document().path("evaluations").size());
      // Nothing new comes any more.
      try (Events second = new Events()) {
        assertEquals(1, second.document().path("evaluations").size());
        assertEquals(3, second.next("now").path("generations").asInt());
      }
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsNobodyUp() throws Exception {
    for (int i = 1; i <= 400; i++) {
      arrive(i);
    }
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), uri("/").getPort());
        Events events = new Events()) {
      silent.setReceiveBufferSize(1024);
      silent
          .getOutputStream()
          .write(
              "GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      for (int i = 401; i <= 405; i++) {
        arrive(i);
        JsonNode data = events.document();
        while (data.path("evaluations").size() < i) {
          data = events.document();
        }
      }
    }
  }

  @Test
  void theEndReachesTheClientsAndFreesThePort() throws Exception {
    int port = uri("/").getPort();
    try (Events events = new Events()) {
      events.document();
      arrive(1);
      run.dashboard().finish(RunState.FINISHED);
      JsonNode last = events.document();
      while (last.path("evaluations").isEmpty()
          || !last.path("state").asText().equals("finished")) {
        last = events.document();
      }
      assertEquals("finished", events.next("end").path("state").asText());
      assertTrue(events.hasEnded());
    }
    try (Dashboard next = Dashboard.open(Dashboard.DEFAULT_HOST, port)) {
      assertEquals(port, URI.create(next.url()).getPort());
    }
  }

  @Test
  void tooManyListenersAreTurnedAway() throws Exception {
    Events[] all = new Events[32];
    for (int i = 0; i < all.length; i++) {
      all[i] = new Events();
    }
    assertEquals(503, get("/events").statusCode());
    assertEquals(200, get("/").statusCode());
    for (Events events : all) {
      events.close();
    }
  }
}
