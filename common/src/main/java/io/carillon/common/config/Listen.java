package io.carillon.common.config;

import com.google.common.net.HostAndPort;
import java.util.Objects;

/**
 * Where a master listens and is reached.
 *
 * @param listen for clients; port 0: any free one
 * @param nodeListen for clock nodes, alike
 * @param advertise where the other masters and clients reach the API; null: as it listens, and for
 *     all addresses of the machine its host name
 * @param nodeAdvertise the same for clock nodes
 */
public record Listen(
    @Setting(value = "Public API.", label = "HOST:PORT") HostAndPort listen,
    @Setting(value = "For clock nodes.", label = "HOST:PORT") HostAndPort nodeListen,
    @Setting(
            value = "Where other masters and clients reach the public API.",
            label = "HOST:PORT",
            otherwise = "as it listens, or this machine's host name")
        HostAndPort advertise,
    @Setting(
            value = "Where clock nodes reach this master.",
            label = "HOST:PORT",
            otherwise = "as it listens, or this machine's host name")
        HostAndPort nodeAdvertise) {

  public static final int PORT = 7400;
  public static final int NODE_PORT = 7401;
  public static final Listen DEFAULTS = loopback(PORT, NODE_PORT);

  /** Ports of the system's choice, on loopback. */
  public static final Listen ANYWHERE = loopback(0, 0);

  public Listen {
    Objects.requireNonNull(listen, "listen");
    if (listen.equals(nodeListen) && listen.getPort() != 0) {
      throw new SettingException(
          "node-listen", "must be another address than listen, but both are " + listen);
    }
    reachable("advertise", advertise);
    reachable("node-advertise", nodeAdvertise);
  }

  private static Listen loopback(int port, int nodePort) {
    return new Listen(
        HostAndPort.fromParts("127.0.0.1", port),
        HostAndPort.fromParts("127.0.0.1", nodePort),
        null,
        null);
  }

  private static void reachable(String key, HostAndPort address) {
    if (address != null
        && (address.getPort() == 0
            || address.getHost().equals("0.0.0.0")
            || address.getHost().equals("::"))) {
      throw new SettingException(
          key,
          "must say where others reach this master, so not all addresses of a machine and not port"
              + " 0, but is "
              + address);
    }
  }
}
