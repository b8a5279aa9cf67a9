package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.Cifar100Download;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.DownloadException;
import io.github.cnnevolution.data.RetryPolicy;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.DownloadProgress;
import io.github.cnnevolution.text.Text;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.Options;

/** Downloads CIFAR-100. */
final class DownloadCommand implements Command {
  private static final int MAX_PORT = 65_535;

  @Override
  public String name() {
    return "download";
  }

  @Override
  public String summary() {
    return "Fetches CIFAR-100 (169 MB) into the user's cache directory, where evolve finds it.";
  }

  @Override
  public Options options() {
    return new Options()
        .addOption(
            Arguments.valued(
                "url",
                "URL",
                "a mirror of the official file, which must have the same checksum (default: "
                    + Cifar100Download.SOURCE
                    + ")"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException {
    URI source = source(arguments.text("url"));
    Path cache = DatasetLocator.ofSystem().cacheDirectory();
    Cifar100Download download =
        new Cifar100Download(cache, source, Cifar100Download.MD5, RetryPolicy.DEFAULT);
    try (DownloadProgress progress = new DownloadProgress(console)) {
      Cifar100Download.Result result = download.run(progress);
      progress.close();
      console.out().println(result.message());
      return ExitCode.OK;
    } catch (DownloadException e) {
      console.err().println(Application.PROGRAM + ": " + e.getMessage());
      return ExitCode.FAILED;
    }
  }

  /**
   * Parses the address. Rejects invalid ports: {@link URI} accepts any number, and connecting would
   * throw.
   */
  private static URI source(Optional<String> url) throws UsageException {
    if (url.isEmpty()) {
      return Cifar100Download.SOURCE;
    }
    try {
      URI uri = URI.create(url.get());
      if (uri.getHost() != null
          && uri.getPort() <= MAX_PORT
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the error message below.
    }
    throw new UsageException(Text.format("--url '%s' must be an http or https address", url.get()));
  }
}
