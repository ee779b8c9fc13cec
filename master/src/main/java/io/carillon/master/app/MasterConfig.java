package io.carillon.master.app;

import io.carillon.master.core.CoreSettings;
import io.carillon.master.election.ElectionSettings;
import io.carillon.master.store.DatabaseConfig;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * How a master runs.
 *
 * @param listen where clients connect
 * @param nodeListen where clock nodes connect
 * @param partitions how many partitions a new cluster has, 1 to 4096; an existing one keeps its
 *     number
 * @param election how leaders and standbys keep an eye on each other; the same on all masters
 * @param advertise {@code host:port} where the other masters and clients reach the API; null: the
 *     address that is listened on, and for all addresses of the machine its host name
 * @param nodeAdvertise the same for clock nodes
 */
public record MasterConfig(
    DatabaseConfig database,
    InetSocketAddress listen,
    InetSocketAddress nodeListen,
    int partitions,
    CoreSettings core,
    ElectionSettings election,
    String advertise,
    String nodeAdvertise) {

  public static final int DEFAULT_PORT = 7400;
  public static final int DEFAULT_NODE_PORT = 7401;
  public static final int DEFAULT_PARTITIONS = 256;

  public MasterConfig {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(nodeListen, "nodeListen");
    Objects.requireNonNull(election, "election");
    if (partitions < 1 || partitions > 4096) {
      throw new IllegalArgumentException("partitions must be 1 to 4096, but is " + partitions);
    }
  }

  /** With defaults for the election. */
  public MasterConfig(
      DatabaseConfig database,
      InetSocketAddress listen,
      InetSocketAddress nodeListen,
      int partitions,
      CoreSettings core) {
    this(database, listen, nodeListen, partitions, core, ElectionSettings.defaults(), null, null);
  }

  /** On loopback, with defaults. */
  public static MasterConfig of(DatabaseConfig database) {
    return new MasterConfig(
        database,
        new InetSocketAddress("127.0.0.1", DEFAULT_PORT),
        new InetSocketAddress("127.0.0.1", DEFAULT_NODE_PORT),
        DEFAULT_PARTITIONS,
        CoreSettings.defaults());
  }

  /** See {@link CoreSettings#warmStandby}. */
  public MasterConfig withWarmStandby(boolean warmStandby) {
    return new MasterConfig(
        database, listen, nodeListen, partitions, core.withWarmStandby(warmStandby));
  }

  /** Port 0: any free one; {@link MasterServer#port} tells which. */
  public MasterConfig listeningOn(InetSocketAddress api, InetSocketAddress nodes) {
    return new MasterConfig(
        database, api, nodes, partitions, core, election, advertise, nodeAdvertise);
  }

  /** Null: what is listened on. */
  public MasterConfig advertising(String api, String nodes) {
    return new MasterConfig(database, listen, nodeListen, partitions, core, election, api, nodes);
  }

  public MasterConfig electing(ElectionSettings settings) {
    return new MasterConfig(
        database, listen, nodeListen, partitions, core, settings, advertise, nodeAdvertise);
  }
}
