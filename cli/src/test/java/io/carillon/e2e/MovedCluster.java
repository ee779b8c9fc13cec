package io.carillon.e2e;

import io.carillon.cli.server.EmbeddedDatabase;
import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.common.config.Commits;
import io.carillon.common.config.LeaseTerm;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Membership;
import io.carillon.common.config.Records;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.app.MasterConfig;
import io.carillon.master.app.MasterServer;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.transport.Channels;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.Partition;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A master and two clock nodes in this process, on a PostgreSQL of their own, whose cluster time
 * begins where a test wants it and is moved on by jumps. Between jumps it runs on as usual.
 */
final class MovedCluster implements AutoCloseable {

  private static final int PARTITIONS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final MovedTime time;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final ManagedChannel channel;

  MovedCluster(Path folder, Instant begin) throws Exception {
    time = new MovedTime(begin);
    try {
      EmbeddedDatabase database = EmbeddedDatabase.start(folder.resolve("postgres"), 0);
      started.push(database);
      DatabaseConfig target =
          DatabaseConfig.of(database.jdbcUrl(), "postgres", database.password());
      // Frequent heartbeats: the nodes follow a jump after a few of them.
      Membership membership =
          Records.with(
              Membership.DEFAULTS,
              Map.of(
                  "heartbeatInterval", Duration.ofMillis(50),
                  "sessionTimeout", Duration.ofSeconds(5),
                  "startGrace", Duration.ofSeconds(5)));
      MasterServer master =
          MasterServer.start(
              new MasterConfig(
                  target,
                  PARTITIONS,
                  Listen.ANYWHERE,
                  LeaseTerm.DEFAULTS,
                  membership,
                  Commits.DEFAULTS),
              time);
      started.push(master);
      for (int i = 1; i <= 2; i++) {
        ClockNode node =
            new ClockNode(
                NodeConfig.of(
                    folder.resolve("node-" + i), List.of("127.0.0.1:" + master.nodePort())));
        node.start();
        started.push(node);
      }
      channel = Channels.to("127.0.0.1:" + master.port()).build();
      started.push(channel::shutdownNow);
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Moves cluster time on to an instant, and waits until all that is due by then is recorded. */
  void moveTo(Instant instant) throws Exception {
    time.moveTo(instant);
    long wanted = Micros.of(instant);
    ClusterServiceGrpc.ClusterServiceBlockingStub cluster =
        ClusterServiceGrpc.newBlockingStub(channel).withDeadlineAfter(2, TimeUnit.MINUTES);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (watermark(cluster) < wanted) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not all partitions are recorded up to " + instant);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static long watermark(ClusterServiceGrpc.ClusterServiceBlockingStub cluster) {
    long least = Long.MAX_VALUE;
    for (Partition partition :
        cluster.listPartitions(ListPartitionsRequest.getDefaultInstance()).getPartitionsList()) {
      long seconds = partition.getWatermark().getSeconds();
      least = Math.min(least, Micros.of(seconds, partition.getWatermark().getNanos()));
    }
    return least;
  }

  @Override
  public void close() throws Exception {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }

  /** Runs like any clock, and jumps ahead when told to. */
  private static final class MovedTime implements TimeSource {
    private final long begun = monotonicMicros();
    private final long wall = Micros.of(Instant.now());
    private volatile long ahead;

    MovedTime(Instant begin) {
      // The begin may lie before or behind the day on which the test runs.
      ahead = Micros.of(begin) - real();
    }

    void moveTo(Instant instant) {
      ahead = Math.max(ahead, Micros.of(instant) - real());
    }

    private long real() {
      return wall + monotonicMicros() - begun;
    }

    @Override
    public long nowMicros() {
      return real() + ahead;
    }

    @Override
    public long monotonicMicros() {
      return System.nanoTime() / 1_000;
    }
  }
}
