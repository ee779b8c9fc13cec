package io.carillon.master.app;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.SteadyClock;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.MasterCommand;
import io.carillon.master.core.MasterCore;
import io.carillon.master.delivery.DeliveryHub;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.rpc.ClusterRpc;
import io.carillon.master.rpc.EventFeed;
import io.carillon.master.rpc.NodeRpc;
import io.carillon.master.rpc.NodeSessions;
import io.carillon.master.store.ClusterStore;
import io.carillon.master.store.Database;
import io.carillon.master.store.DatabaseUnavailableException;
import io.carillon.master.store.Lanes;
import io.carillon.master.store.LeaderLock;
import io.carillon.master.store.LogPartitions;
import io.carillon.master.verification.FailoverDrill;
import io.carillon.master.verification.Reconciler;
import io.grpc.BindableService;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master in this process: the leader of one cluster, on one schema of a PostgreSQL database. Can
 * be part of another service as well as a process of its own.
 */
public final class MasterServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MasterServer.class);
  private static final int API_MESSAGE_BYTES = 16 << 20;
  private static final int NODE_MESSAGE_BYTES = 64 << 20;

  private final MasterConfig config;
  private final TimeSource time;
  private final SpecInterner specs = new SpecInterner();
  private final CompletableFuture<String> termination = new CompletableFuture<>();
  private final AtomicBoolean storeAvailable = new AtomicBoolean(true);
  private final AtomicBoolean closing = new AtomicBoolean();
  private final List<GrpcPort> ports = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final EventFeed events = new EventFeed();
  private final ExecutorService executor =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "carillon-rpc");
            thread.setDaemon(true);
            return thread;
          });

  private GrpcPort api;
  private GrpcPort nodes;
  private NodeSessions sessions;
  private Lanes lanes;
  private LeaderLoop loop;
  private DeliveryHub delivery;
  private Upkeep upkeep;

  private MasterServer(MasterConfig config, TimeSource time) {
    this.config = config;
    this.time = time;
  }

  /**
   * Starts a master and begins to lead.
   *
   * @throws DatabaseUnavailableException if PostgreSQL cannot be reached
   * @throws IllegalStateException if another master leads on this schema
   * @throws IOException if a port cannot be listened on
   */
  public static MasterServer start(MasterConfig config) throws IOException {
    return start(config, SteadyClock.system());
  }

  /**
   * The same, under another clock, which becomes cluster time: the clock nodes follow it.
   *
   * @param time never goes back
   */
  public static MasterServer start(MasterConfig config, TimeSource time) throws IOException {
    MasterServer master = new MasterServer(config, time);
    try {
      master.start();
      return master;
    } catch (RuntimeException | IOException e) {
      master.close();
      throw e;
    }
  }

  private void start() throws IOException {
    Database database = keep(Database.open(config.database(), config.partitions()));
    ClusterStore cluster = new ClusterStore(database);
    ClusterStore.Identity identity = cluster.identity();
    LeaderLock lock = keep(new LeaderLock(config.database()));
    takeLock(lock);
    long began = time.nowMicros();
    String leader = ManagementFactory.getRuntimeMXBean().getName();
    long epoch = cluster.takeLead(leader, began);
    MasterCore core = cluster.load(config.core(), epoch, specs::intern, began);
    delivery = new DeliveryHub(database, epoch, time, () -> fatal("another master leads"));
    delivery.start(core.report(began).logEnd());
    loop = new LeaderLoop(core, time);
    sessions = new NodeSessions(executor);
    lanes = new Lanes(database, epoch, new LaneEnds());
    loop.start(this::execute, this::fatal);
    String version = programVersion();
    nodes =
        port(
            config.nodeListen(),
            NODE_MESSAGE_BYTES,
            1,
            List.of(
                new NodeRpc(
                    loop,
                    sessions,
                    time,
                    config.core(),
                    identity.clusterUid(),
                    epoch,
                    identity.partitions())));
    ClusterRpc.Lead lead = new ClusterRpc.Lead(identity.clusterUid(), epoch, leader, version);
    Reconciler reconciler =
        keep(
            new Reconciler(
                database,
                epoch,
                specs::intern,
                time,
                events::announce,
                () -> fatal("another master leads")));
    FailoverDrill drill = new FailoverDrill(database, specs::intern, time, new DrillTargets(loop));
    ApiServices services =
        keep(
            new ApiServices(
                loop,
                database,
                epoch,
                identity.partitions(),
                delivery,
                new ClusterRpc(loop, lead, storeAvailable::get, events, reconciler, drill),
                specs,
                time,
                () -> fatal("another master leads")));
    api = port(config.listen(), API_MESSAGE_BYTES, 10, services.all());
    services.start();
    reconciler.start();
    upkeep = new Upkeep(time, cluster, new LogPartitions(database));
    upkeep.forget(services.operations());
    upkeep.watchLead(lock, epoch, new LaneEnds());
    log.info(
        "leads cluster {} with epoch {}, {} partitions, loaded in {} ms; API on {}, nodes on {}",
        identity.clusterUid(),
        epoch,
        identity.partitions(),
        (time.nowMicros() - began) / 1_000,
        api,
        nodes);
  }

  private void takeLock(LeaderLock lock) {
    try {
      if (!lock.tryTake()) {
        throw new IllegalStateException(
            "another master leads on schema "
                + config.database().schema()
                + " of this database: stop it first, or choose another schema");
      }
    } catch (SQLException e) {
      throw new DatabaseUnavailableException(
          "cannot use PostgreSQL at " + config.database() + ": " + e.getMessage(), e);
    }
  }

  private <T extends AutoCloseable> T keep(T resource) {
    opened.add(resource);
    return resource;
  }

  private GrpcPort port(
      InetSocketAddress address,
      int maxBytes,
      int minKeepAliveSeconds,
      List<BindableService> services)
      throws IOException {
    GrpcPort port = new GrpcPort(address, maxBytes, minKeepAliveSeconds, services, executor);
    ports.add(port);
    return port;
  }

  /** Carries out what the core wants. */
  private void execute(MasterCommand command) {
    if (closing.get() && isWrite(command)) {
      // Nothing is lost: nodes send again what was not acknowledged, clients are not answered.
      return;
    }
    if (isWrite(command)) {
      write(command);
      return;
    }
    try {
      send(command);
    } catch (RuntimeException e) {
      // Who was to hear of it has gone; the core does not depend on it.
      log.warn("{} went astray: {}", command.getClass().getSimpleName(), e.toString());
    }
  }

  private void write(MasterCommand command) {
    if (command instanceof MasterCommand.CommitFires c) {
      lanes.commit(c.plan());
    } else if (command instanceof MasterCommand.WriteAssignment c) {
      lanes.changeOwners(c.changes());
    } else if (command instanceof MasterCommand.WriteMutations c) {
      lanes.mutate(c.groups());
    } else if (command instanceof MasterCommand.WriteNode c) {
      lanes.writeNode(c.row());
    }
  }

  private void send(MasterCommand command) {
    if (command instanceof MasterCommand.Answer<?> c) {
      c.deliver();
    } else if (command instanceof MasterCommand.Acknowledge c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.SendAssignment c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.SendSnapshot c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.SendChange c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.RefuseWatch c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.EndSession c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.Publish c) {
      delivery.onCommitted(c.fires());
    } else if (command instanceof MasterCommand.Announce c) {
      events.announce(c.event());
    }
  }

  private static boolean isWrite(MasterCommand command) {
    return command instanceof MasterCommand.CommitFires
        || command instanceof MasterCommand.WriteAssignment
        || command instanceof MasterCommand.WriteMutations
        || command instanceof MasterCommand.WriteNode;
  }

  /** Tells the core how writes ended. */
  private final class LaneEnds implements Lanes.Listener {
    @Override
    public void committed(int attempts) {
      loop.submit((core, now) -> core.commitEnded(attempts, now));
    }

    @Override
    public void ownersChanged() {
      loop.submit((core, now) -> core.assignmentEnded(now));
    }

    @Override
    public void mutated(List<String> rejected) {
      loop.submit((core, now) -> core.mutationsEnded(rejected, now));
    }

    @Override
    public void nodeWritten(MasterCommand.NodeRow row) {
      loop.submit((core, now) -> core.nodeWritten(row.id(), row.incarnation(), now));
    }

    @Override
    public void available(boolean available) {
      if (storeAvailable.getAndSet(available) != available) {
        ports.forEach(port -> port.serving(available));
      }
    }

    @Override
    public void fatal(String reason) {
      MasterServer.this.fatal(reason);
    }
  }

  private void fatal(String reason) {
    if (!closing.get()) {
      log.error("stops: {}", reason);
      Thread stopper = new Thread(() -> close(reason), "carillon-stop");
      stopper.start();
    }
  }

  /** The port that clients connect to. */
  public int port() {
    return api.port();
  }

  /** The port that clock nodes connect to. */
  public int nodePort() {
    return nodes.port();
  }

  /** Completes when the master has stopped, with the reason; empty if it was asked to. */
  public CompletableFuture<String> termination() {
    return termination;
  }

  static String programVersion() {
    String version = MasterServer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * Stops in order: no new calls, writes under way end, nodes are told to look for another master.
   */
  @Override
  public void close() {
    close("");
  }

  private void close(String reason) {
    if (!closing.compareAndSet(false, true)) {
      termination.join();
      return;
    }
    if (upkeep != null) {
      upkeep.close();
    }
    ports.forEach(GrpcPort::leave);
    if (delivery != null) {
      delivery.close();
    }
    if (api != null) {
      api.stop(2);
    }
    if (sessions != null) {
      sessions.closeAll("the master stops");
    }
    if (nodes != null) {
      nodes.stop(1);
    }
    if (lanes != null) {
      lanes.close();
    }
    if (loop != null) {
      loop.close();
    }
    for (int i = opened.size() - 1; i >= 0; i--) {
      try {
        opened.get(i).close();
      } catch (Exception e) {
        log.warn("while stopping: {}", e.toString());
      }
    }
    executor.shutdown();
    termination.complete(reason);
  }
}
