package io.carillon.transport;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads {@code host:port}. A host is a name, with underscores as Docker's have them too, or an
 * address; that of IPv6 stands in brackets: {@code [::1]:7400}.
 */
public final class Addresses {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253})");

  private Addresses() {}

  /**
   * An address with its port, 0 to 65535.
   *
   * @throws IllegalArgumentException if it is none, or there is no port
   */
  public static HostAndPort parse(String text) {
    HostAndPort address = read(text);
    if (!address.hasPort()) {
      throw wrong(text);
    }
    return address;
  }

  /** The same, with this port if there is none. */
  public static HostAndPort parse(String text, int defaultPort) {
    return read(text).withDefaultPort(defaultPort);
  }

  private static HostAndPort read(String text) {
    HostAndPort address;
    try {
      // Without brackets the end of an IPv6 address could be meant as a port.
      address = HostAndPort.fromString(text.strip()).requireBracketsForIPv6();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw wrong(text);
    }
    String host = address.getHost();
    boolean known = host.contains(":") ? isIpv6(host) : NAME.matcher(host).matches();
    if (!known) {
      throw wrong(text);
    }
    return address;
  }

  /** With a scope too, such as fe80::1%eth0. */
  private static boolean isIpv6(String host) {
    return InetAddresses.isInetAddress(host.replaceFirst("%[A-Za-z0-9_.-]+$", ""));
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not a host:port such as 127.0.0.1:7400 or [::1]:7400");
  }

  /** For a gRPC channel to one of these, {@code host:port}, in the order given. */
  public static String target(Collection<String> addresses) {
    return FixedAddresses.target(addresses);
  }

  /** For a gRPC channel to this {@code host:port}. */
  public static String target(String address) {
    return target(List.of(address));
  }
}
