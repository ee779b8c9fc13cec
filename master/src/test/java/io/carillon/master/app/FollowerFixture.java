package io.carillon.master.app;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.SystemTime;
import io.carillon.master.election.Lease;
import io.carillon.master.forward.LeaderProxy;
import io.carillon.master.instruments.Instruments;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseConfig;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** The ports of a master that follows, made by hand: who leads is what the test says. */
final class FollowerFixture implements AutoCloseable {

  private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

  final AtomicReference<Lease> lease = new AtomicReference<>();
  final AtomicBoolean leadsHere = new AtomicBoolean();
  final AtomicBoolean comesHere = new AtomicBoolean();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  final EarlyNodes early = new EarlyNodes(executor);
  final Instruments instruments = new Instruments();
  final Database database;
  final FollowerServices services;
  final GrpcPort api;
  final GrpcPort nodes;
  final ManagedChannel channel;
  final ManagedChannel nodeChannel;

  FollowerFixture(DatabaseConfig config) {
    this(config, LeaderProxy.PATIENCE);
  }

  /**
   * @param patience of calls that wait for a leader
   */
  FollowerFixture(DatabaseConfig config, Duration patience) {
    database = Database.open(config, 16);
    services =
        new FollowerServices(
            database,
            new ClusterStore(database).identity(),
            new SpecInterner(),
            new SystemTime(),
            new FollowerServices.Leaders(lease::get, comesHere::get, leadsHere::get),
            early,
            patience);
    try {
      api =
          new GrpcPort(
              ANY, GrpcPort.Kind.api(), new ServiceSwitch(), new CallThreads(), instruments);
      nodes =
          new GrpcPort(
              ANY,
              GrpcPort.Kind.nodes(),
              new ServiceSwitch(),
              GrpcPort.allOn(executor),
              instruments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    api.offer(services.api(), true);
    nodes.offer(services.nodes(), false);
    channel = MasterFixture.channel(api.port());
    nodeChannel = MasterFixture.channel(nodes.port());
  }

  /** From now on it is known that this one leads. */
  void follow(MasterServer leader) {
    follow(leader.port(), leader.nodePort());
  }

  void follow(int apiPort, int nodePort) {
    lease.set(
        new Lease(1, 1, 0, "instance", "leader", "127.0.0.1:" + apiPort, "127.0.0.1:" + nodePort));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    nodeChannel.shutdownNow();
    services.close();
    api.stop(1);
    nodes.stop(1);
    database.close();
    executor.shutdownNow();
  }
}
