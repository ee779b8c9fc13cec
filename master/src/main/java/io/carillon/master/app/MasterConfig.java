package io.carillon.master.app;

import io.carillon.master.core.CoreSettings;
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
 */
public record MasterConfig(
    DatabaseConfig database,
    InetSocketAddress listen,
    InetSocketAddress nodeListen,
    int partitions,
    CoreSettings core) {

  public static final int DEFAULT_PORT = 7400;
  public static final int DEFAULT_NODE_PORT = 7401;
  public static final int DEFAULT_PARTITIONS = 256;

  public MasterConfig {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(nodeListen, "nodeListen");
    if (partitions < 1 || partitions > 4096) {
      throw new IllegalArgumentException("partitions must be 1 to 4096, but is " + partitions);
    }
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
    return new MasterConfig(database, api, nodes, partitions, core);
  }
}
