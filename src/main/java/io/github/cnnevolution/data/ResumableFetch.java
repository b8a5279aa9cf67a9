package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches one file over HTTP into a {@link PartFile}, and resumes at the end of that file.
 *
 * <p>Resuming is a range request (RFC 9110, section 14): {@code Range: bytes=n-}, with {@code
 * If-Range} if the ETag is known, so that the server sends the whole file if it has changed. A
 * server may always answer 200 with the whole file; then the part file is restarted. Lost
 * connections, stalls and server errors are retried according to {@link RetryPolicy}.
 */
final class ResumableFetch {
  /** Matches {@code bytes first-last/total} and {@code bytes * /total}. The total may be a star. */
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (?:(\\d{1,18})-\\d{1,18}|\\*)/(?:(\\d{1,18})|\\*)");

  private final URI source;
  private final PartFile part;
  private final RetryPolicy retryPolicy;
  private final DownloadListener listener;
  private final HttpClient client;

  ResumableFetch(URI source, PartFile part, RetryPolicy retryPolicy, DownloadListener listener) {
    this.source = source;
    this.part = part;
    this.retryPolicy = retryPolicy;
    this.listener = listener;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(retryPolicy.connectTimeout())
            .build();
  }

  /**
   * Completes the part file.
   *
   * @throws DownloadException if the server refuses the request, the disk fails, or all attempts
   *     fail
   */
  void run() throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        if (!transfer(part.size())) {
          part.delete();
          transfer(0);
        }
        return;
      } catch (IOException e) {
        if (attempt == retryPolicy.attempts()) {
          throw attemptsExhausted(e);
        }
        Thread.sleep(retryPolicy.pauseAfter(attempt).toMillis());
      }
    }
  }

  /**
   * Requests the bytes from {@code offset} on. Returns false if the server cannot resume from
   * there.
   */
  private boolean transfer(long offset) throws IOException, InterruptedException {
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
        client.send(request(offset), HttpResponse.BodyHandlers.ofPublisher());
    try (BodyReader body = BodyReader.of(response.body(), retryPolicy.readTimeout())) {
      int status = response.statusCode();
      if (status == 200) {
        part.restart(response.headers().firstValue("ETag").filter(tag -> tag.startsWith("\"")));
        receive(body, 0, response.headers().firstValueAsLong("Content-Length"));
        return true;
      }
      Matcher range =
          CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
      boolean ranged = range.matches();
      if (status == 206 && offset > 0) {
        if (!ranged || range.group(1) == null || Long.parseLong(range.group(1)) != offset) {
          return false;
        }
        receive(body, offset, total(range));
        return true;
      }
      if (status == 416 && offset > 0) {
        return ranged && total(range).equals(OptionalLong.of(offset));
      }
      throw httpError(status);
    }
  }

  private HttpRequest request(long offset) {
    HttpRequest.Builder request = HttpRequest.newBuilder(source).timeout(retryPolicy.readTimeout());
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
      part.tag().ifPresent(tag -> request.header("If-Range", tag));
    }
    return request.build();
  }

  private void receive(BodyReader body, long offset, OptionalLong total)
      throws IOException, InterruptedException {
    long shownTotal = total.orElse(-1);
    long received = offset;
    try (PartFile.Appender out = part.append()) {
      listener.onProgress(received, shownTotal);
      for (List<ByteBuffer> next = body.next(); !next.isEmpty(); next = body.next()) {
        received += out.write(next);
        listener.onProgress(received, shownTotal);
      }
    }
    if (total.isPresent() && received != total.getAsLong()) {
      throw new IOException(
          Text.format("the transfer ended after %d of %d bytes", received, shownTotal));
    }
  }

  private static OptionalLong total(Matcher range) {
    return range.group(2) == null
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(range.group(2)));
  }

  /** Returns the exception for a temporary error, which is retried. Throws for a permanent one. */
  private IOException httpError(int status) {
    String answer = "the server answered with status " + status;
    if (status >= 500 || status == 408 || status == 429) {
      return new IOException(answer);
    }
    throw new DownloadException(
        Text.format(
            "cannot download %s: %s; check the address, or download it by other means",
            source, answer),
        null);
  }

  private DownloadException attemptsExhausted(IOException cause) {
    return new DownloadException(
        Text.format(
            "the download of %s failed after %d attempts: %s; "
                + "%s has %d bytes so far, and running `%s` again resumes it",
            source,
            retryPolicy.attempts(),
            Failures.describe(cause),
            part.path(),
            part.size(),
            Cifar100Download.COMMAND),
        cause);
  }
}
