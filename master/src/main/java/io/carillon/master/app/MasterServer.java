package io.carillon.master.app;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.election.LeaderClock;
import io.carillon.master.election.LeaderClock.Disagreement;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.rpc.ClusterRpc;
import io.carillon.master.store.ClusterStore;
import io.carillon.master.store.Database;
import io.carillon.master.store.DatabaseUnavailableException;
import io.carillon.master.store.LeaseStore.Candidate;
import io.carillon.master.verification.FailoverDrill;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master in this process, one of any number on the same schema of a PostgreSQL database. One
 * leads, the others follow and take over when it is gone. Can be part of another service as well as
 * a process of its own.
 *
 * <p>What lives as long as the process is here: ports, pools, the election. What belongs to one
 * time of leading is a {@link Leadership}; these are made and ended one after the other by a thread
 * of their own, while the election goes on.
 */
public final class MasterServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MasterServer.class);
  static final int API_MESSAGE_BYTES = 16 << 20;
  private static final int NODE_MESSAGE_BYTES = 64 << 20;

  /** How long a start waits at most to know whether it leads or follows. */
  private static final long SETTLE_SECONDS = 30;

  private final MasterConfig config;
  private final TimeSource time;

  /** The same as {@code time}; null if that is given, and then counts as it is. */
  private final LeaderClock clock;

  private final SpecInterner specs = new SpecInterner();
  private final CompletableFuture<String> termination = new CompletableFuture<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch settled = new CountDownLatch(1);
  private final AtomicBoolean rehearsed = new AtomicBoolean();
  private final ExecutorService executor = Executors.newCachedThreadPool(daemon("carillon-rpc"));

  /** Makes and ends leaderships. */
  private final ExecutorService leaderships =
      Executors.newSingleThreadExecutor(daemon("carillon-leadership"));

  private Database database;
  private GrpcPort api;
  private GrpcPort nodes;
  private Candidate candidate;
  private Leadership.Process process;
  private FollowerServices following;
  private ElectionRunner election;
  private volatile Leadership leadership;
  private volatile boolean knowsLeader;

  private MasterServer(MasterConfig config, TimeSource time, LeaderClock clock) {
    this.config = config;
    this.time = time;
    this.clock = clock;
  }

  private static java.util.concurrent.ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
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
    nodes = new GrpcPort(config.nodeListen(), NODE_MESSAGE_BYTES, new ServiceSwitch(), executor);
    api = new GrpcPort(config.listen(), API_MESSAGE_BYTES, new ServiceSwitch(), executor);
    candidate =
        new Candidate(
            UUID.randomUUID().toString(),
            ManagementFactory.getRuntimeMXBean().getName(),
            api.reached(config.advertise()),
            nodes.reached(config.nodeAdvertise()));
    election =
        new ElectionRunner(
            config.database(),
            config.election(),
            candidate,
            time,
            clock,
            executor,
            new ElectionEvents());
    following =
        new FollowerServices(database, identity, specs, time, election::lease, this::isLeading);
    log.info("API on {}, nodes on {}", api, nodes);
    offer(0, following.api(), following.nodes());
    election.start();
    try {
      if (!settled.await(SETTLE_SECONDS, TimeUnit.SECONDS)) {
        log.warn("not known after {} s who leads; looks on", SETTLE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class ElectionEvents implements ElectionRunner.Listener {
    @Override
    public void lead(long epoch) {
      leaderships.execute(() -> begin(epoch));
    }

    @Override
    public void stepDown(String reason) {
      offer(0, following.api(), following.nodes());
      leaderships.execute(MasterServer.this::endLeadership);
    }

    @Override
    public void follows() {
      settled.countDown();
      if (rehearsed.compareAndSet(false, true)) {
        executor.execute(MasterServer.this::rehearse);
      }
    }

    @Override
    public void knowsLeader(boolean known) {
      knowsLeader = known;
      // A leader's writes tell of themselves.
      if (election.epoch() == 0) {
        serving(known);
      }
    }

    @Override
    public void clocksDisagree(Disagreement disagreement) {
      Leadership current = leadership;
      if (current != null) {
        current.clocksDisagree(disagreement);
      }
    }
  }

  private final class LeadershipEvents implements Leadership.Listener {
    @Override
    public void available(boolean available) {
      serving(available);
    }

    @Override
    public void deposed(long epoch) {
      election.deposed(epoch);
    }

    @Override
    public void failed(long epoch, String reason) {
      election.failed(epoch, reason);
    }
  }

  private void serving(boolean serving) {
    api.serving(serving);
    nodes.serving(serving);
  }

  /** On the thread of leaderships: loads, and begins to serve if this master still leads. */
  private void begin(long epoch) {
    endLeadership();
    if (election.epoch() != epoch) {
      return;
    }
    try {
      Leadership begun = new Leadership(process, lead(epoch), new LeadershipEvents());
      leadership = begun;
      begun.start();
      if (!offer(epoch, begun.api(), begun.nodes())) {
        endLeadership();
      }
    } catch (RuntimeException e) {
      log.error("cannot begin to lead", e);
      election.failed(epoch, "what is stored could not be loaded: " + e);
    }
    settled.countDown();
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

  private void rehearse() {
    new Rehearsal(
            () -> new Leadership(process, lead(0), new LeadershipEvents()),
            reachable(config.nodeListen().getAddress()),
            nodes.port())
        .run();
  }

  private static InetAddress reachable(InetAddress listen) {
    return listen.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : listen;
  }

  /** On the thread of leaderships. */
  private void endLeadership() {
    Leadership current = leadership;
    leadership = null;
    if (current != null) {
      current.abandon();
    }
  }

  /**
   * Offers these on both ports from now on, if this is still the epoch under which this master
   * leads.
   */
  private synchronized boolean offer(
      long epoch, List<ServerServiceDefinition> toClients, List<ServerServiceDefinition> toNodes) {
    if (election.epoch() != epoch) {
      return false;
    }
    boolean serving = epoch != 0 || knowsLeader;
    api.offer(toClients, serving);
    nodes.offer(toNodes, serving);
    return true;
  }

  /** The port that clients connect to. */
  public int port() {
    return api.port();
  }

  /** The port that clock nodes connect to. */
  public int nodePort() {
    return nodes.port();
  }

  /** Whether this master leads, and serves as the leader. */
  public boolean isLeading() {
    Leadership current = leadership;
    return current != null && current.epoch() == election.epoch();
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
   * Gives up the lead in order, in favour of another master: no new calls, writes under way end,
   * streams end; then another takes over at once. Without one, this master leads again after a
   * pause.
   */
  public void resign(String reason) {
    leaderships.execute(
        () -> {
          endInOrder();
          election.resign(reason);
        });
  }

  /** Gives up the lead as if this master had died, but for its process. */
  void drop(String reason) {
    leaderships.execute(
        () -> {
          endLeadership();
          election.resign(reason);
        });
  }

  /** The core that leads; null: this master does not. */
  LeaderLoop leading() {
    Leadership current = leadership;
    return current == null ? null : current.loop();
  }

  /** On the thread of leaderships. */
  private void endInOrder() {
    Leadership current = leadership;
    if (current != null) {
      offer(current.epoch(), following.api(), current.nodes());
      current.drain();
      offer(current.epoch(), following.api(), following.nodes());
      current.close();
      leadership = null;
    }
  }

  /**
   * Stops in order: no new calls, writes under way end, streams end, nodes are told to look for
   * another master, and one takes over.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      termination.join();
      return;
    }
    if (api != null) {
      api.leave();
    }
    if (nodes != null) {
      nodes.leave();
    }
    leaderships.execute(this::endInOrder);
    leaderships.shutdown();
    try {
      if (!leaderships.awaitTermination(20, TimeUnit.SECONDS)) {
        log.warn(
            "the end of the leadership takes too long; what is under way is left to the fence");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (election != null) {
      election.close();
    }
    if (api != null) {
      api.stop(1);
    }
    if (nodes != null) {
      nodes.stop(1);
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
