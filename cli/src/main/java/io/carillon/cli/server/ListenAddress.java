package io.carillon.cli.server;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.carillon.cli.terminal.UsageException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** What can be said of an address that a server listens on. */
public final class ListenAddress {

  private ListenAddress() {}

  private static InetAddress resolve(HostAndPort address) {
    try {
      return InetAddress.getByName(address.getHost());
    } catch (UnknownHostException e) {
      throw new UsageException("no such host to listen on: " + address.getHost());
    }
  }

  public static boolean isLoopback(HostAndPort address) {
    return resolve(address).isLoopbackAddress();
  }

  /** Where a client on the same machine reaches it. */
  public static HostAndPort reach(HostAndPort address, int port) {
    InetAddress host = resolve(address);
    return HostAndPort.fromParts(
        host.isAnyLocalAddress() ? "127.0.0.1" : InetAddresses.toAddrString(host), port);
  }
}
