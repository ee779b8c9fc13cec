package io.carillon.master.app;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.cluster.ClusterRpc;
import io.carillon.master.election.LeaderClock;
import io.carillon.master.forward.LeaderProxy;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.loop.Threads;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.lead.LeaseStore.Candidate;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseUnavailableException;
import io.carillon.master.verification.FailoverDrill;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master in this process, one of any number on the same schema of a PostgreSQL database. One
 * leads, the others follow and take over when it is gone. Can be part of another service as well as
 * a process of its own.
 *
 * <p>What lives as long as the process is here: ports, pools, the election. What belongs to one
 * time of leading is a {@link Leadership}; {@link Leaderships} makes and ends them one after the
 * other, while the election goes on.
 */
public final class MasterServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MasterServer.class);

  /** How long a start waits at most to know whether it leads or follows. */
  private static final long SETTLE_SECONDS = 30;

  private final MasterConfig config;
  private final TimeSource time;

  /** The same as {@code time}; null if that is given, and then counts as it is. */
  private final LeaderClock clock;

  private final SpecInterner specs = new SpecInterner();
  private final CompletableFuture<String> termination = new CompletableFuture<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final ExecutorService executor =
      Executors.newCachedThreadPool(Threads.named("carillon-rpc"));

  private Database database;
  private MasterPorts ports;
  private Candidate candidate;
  private Leadership.Process process;
  private FollowerServices following;
  private ElectionRunner election;
  private Leaderships leaderships;

  private MasterServer(MasterConfig config, TimeSource time, LeaderClock clock) {
    this.config = config;
    this.time = time;
    this.clock = clock;
  }

  /**
   * Starts a master. When it returns it leads, or follows one that does.
   *
   * @throws DatabaseUnavailableException if PostgreSQL cannot be reached
   * @throws IOException if a port cannot be listened on
   */
  public static MasterServer start(MasterConfig config) throws IOException {
    LeaderClock clock =
        new LeaderClock(() -> Micros.of(Instant.now()), () -> System.nanoTime() / 1_000);
    return start(new MasterServer(config, clock, clock));
  }

  /**
   * The same, under another clock, which becomes cluster time as it is: no other clock is looked
   * at.
   *
   * @param time never goes back
   */
  public static MasterServer start(MasterConfig config, TimeSource time) throws IOException {
    return start(new MasterServer(config, time, null));
  }

  private static MasterServer start(MasterServer master) throws IOException {
    try {
      master.start();
      return master;
    } catch (RuntimeException | IOException e) {
      master.close();
      throw e;
    }
  }

  private void start() throws IOException {
    database = Database.open(config.database(), config.partitions());
    ClusterStore.Identity identity = new ClusterStore(database).identity();
    FailoverDrill drill = new FailoverDrill(database, specs::intern, time, new DrillTargets(this));
    process =
        new Leadership.Process(database, identity, config.core(), specs, time, executor, drill);
    ports = new MasterPorts(config, executor, () -> election == null ? 0 : election.epoch());
    candidate =
        new Candidate(
            UUID.randomUUID().toString(),
            ManagementFactory.getRuntimeMXBean().getName(),
            ports.apiAddress(),
            ports.nodeAddress());
    leaderships = new Leaderships(process, this::lead, ports);
    election =
        new ElectionRunner(
            config.database(), config.election(), candidate, time, clock, executor, leaderships);
    leaderships.attach(election);
    following =
        new FollowerServices(
            database,
            identity,
            specs,
            time,
            new FollowerServices.Leaders(
                election.lead()::lease, election.lead()::comesHere, leaderships::servesClients),
            ports.early(),
            LeaderProxy.PATIENCE);
    log.info("{}", ports);
    ports.follow(following);
    election.start();
    try {
      if (!leaderships.awaitSettled(SETTLE_SECONDS)) {
        log.warn("not known after {} s who leads; looks on", SETTLE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ClusterRpc.Lead lead(long epoch) {
    return new ClusterRpc.Lead(
        process.identity().clusterUid(),
        epoch,
        candidate.leader(),
        candidate.apiAddress(),
        time.nowMicros(),
        programVersion());
  }

  /** The port that clients connect to. */
  public int port() {
    return ports.apiPort();
  }

  /** The port that clock nodes connect to. */
  public int nodePort() {
    return ports.nodePort();
  }

  /** Whether this master leads, and serves as the leader. */
  public boolean isLeading() {
    return leaderships != null && leaderships.isLeading();
  }

  /** Completes when the master has stopped; it does that only if it is asked to. */
  public CompletableFuture<String> termination() {
    return termination;
  }

  static String programVersion() {
    String version = MasterServer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * Gives up the lead in order, in favour of another master: no new calls, streams to consumers
   * end, and what nodes push is recorded until another leads. Without one, this master leads again
   * after a pause.
   */
  public void resign(String reason) {
    leaderships.resign(reason);
  }

  /** Gives up the lead as if this master had died, but for its process. */
  void drop(String reason) {
    leaderships.drop(reason);
  }

  /** The core that leads; null: this master does not. */
  LeaderLoop leading() {
    return leaderships.leading();
  }

  /**
   * Stops in order: no new calls, streams to consumers end, another master takes over, nodes are
   * told where it is.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      termination.join();
      return;
    }
    if (ports != null) {
      ports.leave();
    }
    if (election != null) {
      leaderships.endLast();
      election.close();
      leaderships.close();
    }
    if (ports != null) {
      ports.stop();
    }
    if (following != null) {
      following.close();
    }
    executor.shutdown();
    if (database != null) {
      database.close();
    }
    termination.complete("");
  }
}
