package io.github.cnnevolution.report;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the Host header of a request, against DNS rebinding: a hostile page can make its own name
 * resolve to 127.0.0.1 and read what is served there, but the browser sends that name as Host. No
 * page can rebind a literal IP address, so every one is accepted: behind NAT, a container's port or
 * a tunnel it is another than that of this machine. Any port is accepted for the same reason.
 */
final class HostCheck {
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::\\d{1,5})?");
  private static final Pattern V4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");

  private final Set<String> names;

  /**
   * Creates a check for a server.
   *
   * @param name the host name that it listens on
   */
  HostCheck(String name) {
    this.names = Set.of(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Whether the header is an address or names this server.
   *
   * @param headers all values of Host; null without any
   * @param local the address at which the request arrived
   */
  boolean accepts(List<String> headers, InetAddress local) {
    if (headers == null || headers.size() != 1) {
      return false;
    }
    Matcher matcher = HOST.matcher(headers.get(0));
    if (!matcher.matches()) {
      return false;
    }
    String name = matcher.group(1).toLowerCase(Locale.ROOT);
    return isAddress(name)
        || names.contains(name)
        || (local.isLoopbackAddress() && name.equals("localhost"));
  }

  /** Whether this is a literal address; no name is looked up. */
  private static boolean isAddress(String literal) {
    if (!literal.startsWith("[") && !V4.matcher(literal).matches()) {
      return false;
    }
    try {
      return InetAddress.getByName(literal) != null;
    } catch (UnknownHostException e) {
      // Not a valid address.
      return false;
    }
  }
}
