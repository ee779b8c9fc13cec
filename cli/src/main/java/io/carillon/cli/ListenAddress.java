package io.carillon.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a server listens, or is reached: {@code host:port}, port 0 for a free one. */
record ListenAddress(String host, int port) {

  static ListenAddress parse(String text) {
    try {
      URI uri = new URI("tcp://" + text);
      if (uri.getHost() != null
          && uri.getPort() >= 0
          && uri.getPort() <= 65535
          && uri.getPath().isEmpty()) {
        String host = uri.getHost();
        return new ListenAddress(
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(wrong(text), e);
    }
    throw new IllegalArgumentException(wrong(text));
  }

  private static String wrong(String text) {
    return "\"" + text + "\" is not a host:port such as 127.0.0.1:7400";
  }

  InetSocketAddress resolve() {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new UsageException("no such host to listen on: " + host);
    }
  }

  boolean isLoopback() {
    return resolve().getAddress().isLoopbackAddress();
  }

  /** All addresses of the machine, which is no address to reach it at. */
  boolean isWildcard() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  /** Where a client on the same machine reaches it. */
  static String reach(ListenAddress address, int port) {
    InetAddress host = address.resolve().getAddress();
    String literal = host.isAnyLocalAddress() ? "127.0.0.1" : host.getHostAddress();
    return (literal.contains(":") ? "[" + literal + "]" : literal) + ":" + port;
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** For options. */
  static final class Converter implements ITypeConverter<ListenAddress> {
    @Override
    public ListenAddress convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
