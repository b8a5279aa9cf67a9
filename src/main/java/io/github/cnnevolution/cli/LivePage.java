package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.Dashboard;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;

/**
 * The live page of {@code evolve} and its options. The address is bound before anything else, so
 * that an unavailable one is reported at once.
 *
 * @param dashboard the page; empty if it is not requested
 */
record LivePage(Optional<Dashboard> dashboard) implements AutoCloseable {
  private static final String PORT = "dashboard";
  private static final String HOST = "dashboard_host";
  private static final int MAX_PORT = 65_535;

  /** The syntax of host names and addresses; anything else is rejected without a lookup. */
  private static final Pattern HOST_SYNTAX = Pattern.compile("[A-Za-z0-9.:_-]{1,253}");

  /** An IPv6 address of one network card, such as {@code fe80::1%eth0}. */
  private static final Pattern ZONE_SYNTAX =
      Pattern.compile("[0-9A-Fa-f:.]{1,64}:[0-9A-Fa-f:.]{0,64}%[A-Za-z0-9._-]{1,64}");

  /** Returns the options of the command line. */
  static List<Option> options() {
    return List.of(
        Option.builder()
            .longOpt(PORT)
            .hasArg()
            .optionalArg(true)
            .argName("PORT")
            .desc(
                Text.format(
                    "serve a live page of the run at http://%s:PORT/ (default: no page; port %d; 0: any free port)",
                    Dashboard.DEFAULT_HOST, Dashboard.DEFAULT_PORT))
            .get(),
        Arguments.valued(
            HOST,
            "HOST",
            Text.format(
                "address of the page; any other than %s exposes it to other machines",
                Dashboard.DEFAULT_HOST)));
  }

  /** Returns the given options of the page, in command-line form. */
  static List<String> typed(Arguments arguments) {
    return arguments.only(Set.of(PORT, HOST));
  }

  /**
   * Checks the options.
   *
   * @throws UsageException if they are invalid
   */
  static void check(Arguments arguments) throws UsageException {
    port(arguments);
    if (arguments.isGiven(HOST) && !arguments.isGiven(PORT)) {
      throw new UsageException(
          Text.format(
              "--%s %s: there is no page to serve; add --%s",
              HOST, arguments.text(HOST).orElse(""), PORT));
    }
  }

  private static int port(Arguments arguments) throws UsageException {
    return arguments.integer(PORT, 0, MAX_PORT, Dashboard.DEFAULT_PORT);
  }

  /**
   * Binds the address.
   *
   * @throws UsageException if it is not available
   */
  static LivePage of(Arguments arguments) throws UsageException {
    check(arguments);
    if (!arguments.isGiven(PORT)) {
      return new LivePage(Optional.empty());
    }
    String host = arguments.text(HOST).orElse(Dashboard.DEFAULT_HOST);
    if (ZONE_SYNTAX.matcher(host).matches()) {
      throw new UsageException(
          Text.format(
              "--%s '%s' has a zone (%s), which browsers do not accept in addresses; use an address without a zone, such as ::1, or :: for all",
              HOST, host, host.substring(host.indexOf('%'))));
    }
    if (!HOST_SYNTAX.matcher(host).matches()) {
      throw noHost(host);
    }
    int port = port(arguments);
    try {
      return new LivePage(Optional.of(Dashboard.open(host, port)));
    } catch (UnresolvedAddressException e) {
      throw noHost(host);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      if (reason.contains("assign requested address") || reason.contains("nresolved")) {
        throw noHost(host);
      }
      throw new UsageException(
          Text.format(
              "--%s %d: the port is not available (%s); name another with --%s=PORT, or 0 for any free port",
              PORT, port, reason, PORT));
    }
  }

  private static UsageException noHost(String host) {
    return new UsageException(
        Text.format(
            "--%s '%s' is not an address of this machine; %s is the loopback address, 0.0.0.0 means all",
            HOST, host, Dashboard.DEFAULT_HOST));
  }

  @Override
  public void close() {
    dashboard.ifPresent(Dashboard::close);
  }
}
