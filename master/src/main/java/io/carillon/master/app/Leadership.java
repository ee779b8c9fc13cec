package io.carillon.master.app;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.cluster.ClusterRpc;
import io.carillon.master.api.cluster.EventFeed;
import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.MissedTimes;
import io.carillon.master.delivery.DeliveryHub;
import io.carillon.master.election.LeaderClock.Disagreement;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.node.NodeRpc;
import io.carillon.master.node.NodeSessions;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.cluster.StoredPartitions;
import io.carillon.master.store.fires.Lanes;
import io.carillon.master.store.fires.LogPartitions;
import io.carillon.master.store.sql.Database;
import io.carillon.master.verification.FailoverDrill;
import io.carillon.master.verification.Reconciler;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One time that this master leads: everything that knows the epoch, from loading what is stored to
 * the last write. Another time begins with a new one, and finds nothing of it.
 *
 * <p>Made, started and closed by one thread. Whatever of it should outlive its end for a moment can
 * do no harm: its writes are fenced on the epoch, and its calls have been ended.
 */
class Leadership {

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);
  private static final long ANSWERS_MILLIS = 1_000;

  /** Three times what one try of a write may take before PostgreSQL gives it up. */
  private static final long LONGEST_STANDSTILL_MICROS = 15_000_000;

  /** What outlives a leadership. */
  record Process(
      Database database,
      ClusterStore.Identity identity,
      CoreSettings core,
      SpecInterner specs,
      TimeSource time,
      Executor executor,
      FailoverDrill drill) {}

  /** Hears of what the leadership cannot settle itself. From any thread; must not block. */
  interface Listener {
    void available(boolean available);

    /** Another master leads. */
    void deposed(long epoch);

    /** It cannot go on. */
    void failed(long epoch, String reason);
  }

  private final Process process;
  private final ClusterRpc.Lead lead;
  private final Listener listener;
  private final ClusterStore cluster;
  private final AtomicBoolean storeAvailable = new AtomicBoolean(true);
  private final AtomicBoolean over = new AtomicBoolean();
  private final OpenCalls apiCalls = new OpenCalls();
  private final OpenCalls nodeCalls = new OpenCalls();
  private final EventFeed events;
  private final DeliveryHub delivery;
  private final LeaderLoop loop;
  private final NodeSessions sessions;
  private final Lanes lanes;
  private final ApiServices services;
  private final NodeRpc nodes;
  private final Reconciler reconciler;
  private final long began;
  private Upkeep upkeep;

  /** It is ending in order: another master is to take the lead. */
  private volatile boolean drained;

  /** Nothing is written any more. */
  private volatile boolean silent;

  /**
   * Loads what is stored; nothing runs yet, nothing is served.
   *
   * @throws RuntimeException if it cannot be loaded
   */
  Leadership(Process process, ClusterRpc.Lead lead, Listener listener) {
    this.process = process;
    this.lead = lead;
    this.listener = listener;
    TimeSource time = process.time();
    this.began = time.monotonicMicros();
    Database database = process.database();
    this.cluster = new ClusterStore(database);
    MasterCore core = cluster.load(process.core(), process.specs()::intern);
    this.events =
        new EventFeed(new CoreEvent.LeaderElected(lead.since(), lead.leader(), lead.epoch()));
    this.delivery =
        new DeliveryHub(
            database, lead.epoch(), time, this::deposed, bug -> broken("delivery", bug));
    delivery.start(core.report(time.nowMicros()).logEnd());
    this.loop = new LeaderLoop(core, time);
    this.sessions = new NodeSessions(process.executor());
    LaneEnds ends =
        new LaneEnds(
            loop,
            this::available,
            reason -> process.executor().execute(() -> judge(reason)),
            bug -> broken("a lane of writes", bug));
    this.lanes = new Lanes(database, lead.epoch(), ends);
    this.nodes =
        new NodeRpc(
            loop,
            sessions,
            time,
            process.core(),
            lead.clusterUid(),
            lead.epoch(),
            process.identity().partitions(),
            this::secretHash);
    this.reconciler =
        new Reconciler(
            database,
            lead.epoch(),
            process.specs()::intern,
            time,
            this::repair,
            events::announce,
            this::deposed,
            bug -> broken("the check of the ledger", bug));
    this.services = newServices();
  }

  private ApiServices newServices() {
    Database database = process.database();
    ClusterRpc operators =
        new ClusterRpc(
            loop,
            lead,
            storeAvailable::get,
            events,
            reconciler,
            process.drill(),
            new StoredPartitions(database));
    return new ApiServices(
        loop,
        database,
        lead.epoch(),
        process.identity().partitions(),
        delivery,
        operators,
        process.specs(),
        process.time(),
        process.executor(),
        this::deposed,
        this::broken);
  }

  /** What is kept of the secret that a node shows. */
  String secretHash(ByteString secret) {
    return NodeRpc.hash(secret);
  }

  /** Tells of something that the core decided. */
  void announce(CoreEvent event) {
    events.announce(event);
  }

  long epoch() {
    return lead.epoch();
  }

  LeaderLoop loop() {
    return loop;
  }

  /** Begins to lead: can serve clock nodes from here on. */
  void start() {
    loop.start(
        new CoreCommands(lanes, sessions, delivery, this::announce, () -> silent),
        reason -> listener.failed(lead.epoch(), reason));
  }

  /** Nodes reach it from now on: they have a while to come. */
  void answersNodes() {
    loop.submit((core, now) -> core.answersNodes(now));
  }

  /** Begins what else a leader does: can serve clients from here on. */
  void startServices() {
    services.start();
    upkeep =
        new Upkeep(
            process.time(),
            cluster,
            new LogPartitions(process.database()),
            bug -> broken("upkeep", bug));
    upkeep.soon(reconciler::start);
    upkeep.forget(services.operations());
    log.info(
        "leads cluster {} with epoch {}, {} partitions, loaded in {} ms",
        lead.clusterUid(),
        lead.epoch(),
        process.identity().partitions(),
        (process.time().monotonicMicros() - began) / 1_000);
  }

  /** What it offers to clients. */
  List<ServerServiceDefinition> api() {
    List<ServerServiceDefinition> offered = new ArrayList<>();
    for (BindableService service : services.all()) {
      offered.add(ServerInterceptors.intercept(service.bindService(), apiCalls));
    }
    return offered;
  }

  /** What it offers to clock nodes. */
  List<ServerServiceDefinition> nodes() {
    return List.of(ServerInterceptors.intercept(nodes.bindService(), nodeCalls));
  }

  /** The clocks have changed in whether they agree. */
  void clocksDisagree(Disagreement offsets) {
    events.announce(
        new CoreEvent.ClockDisagreement(
            process.time().nowMicros(), offsets.wallOffset(), offsets.databaseOffset()));
  }

  /** The store began or ceased to answer. */
  private void available(boolean available) {
    if (storeAvailable.getAndSet(available) != available && !over.get()) {
      listener.available(available);
    }
  }

  /** PostgreSQL answers this master: looks whether all that leads goes on, too. */
  void watch() {
    String still = lanes.standsStill(LONGEST_STANDSTILL_MICROS);
    if (still == null && loop.standsStill(LONGEST_STANDSTILL_MICROS)) {
      still = "carillon-core";
    }
    if (still != null && !over.get()) {
      listener.failed(
          lead.epoch(),
          still
              + " has made no progress for "
              + LONGEST_STANDSTILL_MICROS / 1_000_000
              + " s, though PostgreSQL answers");
    }
  }

  /** Something of it cannot go on: another leadership begins from what is stored. */
  void broken(String what, Throwable bug) {
    if (!over.get()) {
      log.error("{} failed, so this leadership ends", what, bug);
      listener.failed(lead.epoch(), what + " failed: " + bug);
    }
  }

  /** A write was refused for good: whether because another master leads, the store knows. */
  void judge(String reason) {
    if (over.get()) {
      return;
    }
    boolean leads = true;
    try {
      leads = cluster.leads(lead.epoch());
    } catch (RuntimeException | Error e) {
      log.warn("cannot ask who leads: {}", e.toString());
    }
    if (leads || !drained) {
      log.error("cannot go on leading: {}", reason);
    } else {
      log.info("hands over: {}", reason);
    }
    if (leads) {
      listener.failed(lead.epoch(), reason);
    } else {
      listener.deposed(lead.epoch());
    }
  }

  private CompletableFuture<MissedTimes.Result> repair(List<MissedTimes> missed) {
    CompletableFuture<MissedTimes.Result> result = new CompletableFuture<>();
    loop.submit((core, now) -> core.repair(missed, result::complete, now));
    return result;
  }

  private void deposed() {
    listener.deposed(lead.epoch());
  }

  /**
   * Prepares an end in order, while nodes still push and what they push is still recorded: clients
   * are answered, streams to consumers end, and what they acknowledged becomes durable.
   */
  void drain() {
    drained = true;
    apiCalls.awaitAnswers(ANSWERS_MILLIS);
    delivery.close();
    apiCalls.endAll(ended());
    if (upkeep != null) {
      upkeep.close();
    }
    reconciler.close();
    services.close();
  }

  /** Ends it: writes under way end, everything that is open ends. May be called again. */
  void close() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    silent = true;
    lanes.close();
    finish();
  }

  /**
   * Ends it as another master leads already.
   *
   * @param next where nodes reach that one; empty if that is not known
   */
  void close(String next) {
    silent = true;
    sessions.moveAll(next);
    close();
  }

  /** Ends it at once; writes under way are left to the fence. */
  void abandon() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    silent = true;
    process.executor().execute(lanes::close);
    finish();
  }

  private void finish() {
    sessions.closeAll("this master leads no more");
    nodeCalls.endAll(ended());
    apiCalls.endAll(ended());
    loop.close();
    if (upkeep != null) {
      upkeep.close();
    }
    process
        .executor()
        .execute(
            () -> {
              reconciler.close();
              services.close();
              delivery.close();
            });
  }

  private static ApiException ended() {
    return ApiException.of(
        Code.UNAVAILABLE,
        "NOT_LEADER",
        "this master leads no more; what was asked may have happened or not: look, or try again"
            + " with the same request id",
        Map.of());
  }
}
