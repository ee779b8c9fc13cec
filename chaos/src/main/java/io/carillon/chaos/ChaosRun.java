package io.carillon.chaos;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.chaos.Evidence.FaultSpan;
import io.carillon.chaos.Evidence.Received;
import io.carillon.chaos.Evidence.Row;
import io.carillon.client.CarillonClient;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.Destination;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One run, from an empty cluster to the verdict. */
final class ChaosRun {

  /**
   * @param faultMillis how long faults last at least
   */
  record Plan(
      long seed,
      int schedules,
      int rate,
      int changes,
      Duration duration,
      List<FaultKind> kinds,
      long faultMillis) {}

  /** Something that becomes true in the end. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static final int CLIENTS = 6;
  private static final List<String> DESTINATIONS = List.of("chaos-0", "chaos-1", "chaos-2", "slow");
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final long READY_MS = 240_000;
  private static final long QUIET_MS = 180_000;

  private final ChaosCluster cluster;
  private final Plan plan;
  private final ProgressLog progress;
  private final OpLog log = new OpLog();
  private final List<CarillonClient> connections = new ArrayList<>();
  private final List<ChaosClient> clients = new ArrayList<>();
  private final List<ChaosSubscriber> subscribers = new ArrayList<>();

  ChaosRun(ChaosCluster cluster, Plan plan, ProgressLog progress) {
    this.cluster = cluster;
    this.plan = plan;
    this.progress = progress;
  }

  void run(Report report) throws Exception {
    Signs signs = null;
    Thread observer = new Thread(this::observe, "observer");
    observer.setDaemon(true);
    try {
      CarillonClient first = connect(0);
      if (!await("the cluster serves", READY_MS, () -> assigned(first))) {
        throw new IllegalStateException("the cluster does not serve; see the logs");
      }
      destinations(first);
      populate();
      subscribe();
      long firstEpoch = cluster.leader().epoch();
      signs = new Signs(connect(1));
      List<Thread> threads = new ArrayList<>();
      for (ChaosClient client : clients) {
        threads.add(new Thread(client, "client"));
      }
      threads.forEach(Thread::start);
      observer.start();
      Nemesis nemesis =
          new Nemesis(cluster, plan.kinds(), new Random(plan.seed()), plan.faultMillis(), progress);
      nemesis.runUntil(WallClock.nowMicros() + plan.duration().toMillis() * 1000);
      progress.say("healed; waiting until it is quiet");
      long horizon = finish(threads, report);
      signs.close();
      observer.interrupt();
      Evidence evidence = gather(nemesis.spans(), horizon);
      progress.say(
          "checking %d rows, %d deliveries, %d calls",
          evidence.rows().size(), evidence.received().size(), evidence.ops().size());
      Verdict verdict = EvidenceCheck.check(evidence);
      new Findings(evidence, verdict, plan.kinds())
          .write(
              report,
              new Findings.Bites(
                  signs.fenced(cluster),
                  signs.total("commits_retried"),
                  cluster.leader().epoch() - firstEpoch,
                  subscribers.stream().mapToInt(ChaosSubscriber::connects).sum()
                      - subscribers.size()));
      report.setting("fires", verdict.fired);
    } finally {
      observer.interrupt();
      if (signs != null) {
        signs.close();
      }
      clients.forEach(ChaosClient::stop);
      clients.forEach(ChaosClient::giveUp);
      connections.forEach(CarillonClient::close);
    }
  }

  private CarillonClient connect(int firstMaster) {
    CarillonClient client = cluster.client(firstMaster, DEADLINE);
    connections.add(client);
    return client;
  }

  private static boolean assigned(CarillonClient client) {
    try {
      var now = client.cluster().getCluster(GetClusterRequest.getDefaultInstance());
      return now.getPartitionCount() > 0
          && now.getAssignedPartitionCount() == now.getPartitionCount();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private static void destinations(CarillonClient client) {
    for (String id : DESTINATIONS) {
      var unused =
          client
              .destinations()
              .createDestination(
                  CreateDestinationRequest.newBuilder()
                      .setParent(SpecWire.TENANT)
                      .setDestinationId(id)
                      .setDestination(
                          Destination.newBuilder()
                              .setKind(Destination.Kind.STREAM)
                              .setAckTimeout(Durations.fromMicros(5_000_000)))
                      .build());
    }
  }

  private void populate() {
    // The faults come after this, and are of no fewer seconds than the plan says.
    long lasts = plan.duration().toMillis() * 1000;
    double period = (double) plan.schedules() / plan.rate();
    long pause = Math.max(2, 1000L * CLIENTS / plan.changes());
    for (int i = 0; i < CLIENTS; i++) {
      List<String> ids = new ArrayList<>();
      for (int n = i; n < plan.schedules(); n += CLIENTS) {
        ids.add("s" + n);
      }
      Random random = new Random(plan.seed() * 31 + i);
      DefinitionDraw draw = new DefinitionDraw(random, period, lasts, DESTINATIONS);
      ChaosClient client = new ChaosClient(connect(i), log, draw, random, ids, pause);
      client.populate();
      clients.add(client);
    }
    progress.say("%d schedules of %d clients", plan.schedules(), CLIENTS);
  }

  private void subscribe() {
    for (int i = 0; i < DESTINATIONS.size(); i++) {
      boolean slow = DESTINATIONS.get(i).equals("slow");
      // Two share the first destination.
      for (int n = 0; n < (i == 0 ? 2 : 1); n++) {
        Random random = new Random(plan.seed() * 17 + i * 2 + n);
        subscribers.add(
            new ChaosSubscriber(connect(i + n), DESTINATIONS.get(i), random, slow ? 2 : 0));
      }
    }
  }

  /** Ends the calls, and answers up to when all is recorded. */
  private long finish(List<Thread> threads, Report report) throws Exception {
    clients.forEach(ChaosClient::stop);
    long limit = System.nanoTime() + QUIET_MS * 1_000_000;
    for (Thread thread : threads) {
      thread.join(Math.max(1, (limit - System.nanoTime()) / 1_000_000));
    }
    clients.forEach(ChaosClient::giveUp);
    for (Thread thread : threads) {
      thread.join(3 * DEADLINE.toMillis());
    }
    long horizon = WallClock.nowMicros();
    boolean recorded =
        await("every watermark has passed the end", QUIET_MS, () -> watermark() > horizon);
    report.check("the cluster recovered by itself", recorded, "%s", recorded);
    verify(report, horizon);
    // Schedules go on firing, so the nodes are ended: nothing more comes, and the rest is settled.
    for (FaultyServer node : cluster.nodes()) {
      node.kill();
    }
    await("all is delivered and acknowledged", QUIET_MS, () -> unsettled() == 0);
    List<String> ended =
        subscribers.stream().map(ChaosSubscriber::ended).filter(Objects::nonNull).toList();
    report.check("every subscription lived through it", ended.isEmpty(), "%s", ended);
    for (ChaosSubscriber subscriber : subscribers) {
      subscriber.close();
    }
    return horizon;
  }

  /** The cluster's own proof, beside ours. */
  private void verify(Report report, long horizon) {
    VerifyCompletenessRequest request =
        VerifyCompletenessRequest.newBuilder()
            .setParent("tenants/-")
            .setEndTime(Timestamps.fromMicros(horizon))
            .build();
    try {
      VerifyCompletenessResponse last = VerifyCompletenessResponse.getDefaultInstance();
      Iterator<VerifyCompletenessResponse> answers =
          connections
              .get(0)
              .fires()
              .withDeadlineAfter(10, TimeUnit.MINUTES)
              .verifyCompleteness(request);
      while (answers.hasNext()) {
        last = answers.next();
        if (last.hasGap()) {
          report.note("VerifyCompleteness: %s", last.getGap());
        }
      }
      VerifyCompletenessResponse.Verdict verdict = last.getVerdict();
      report.check(
          "VerifyCompleteness says complete",
          verdict.getComplete() && verdict.getOwedCount() > 0,
          "%d owed, %d fired, %d skipped",
          verdict.getOwedCount(),
          verdict.getFiredCount(),
          verdict.getSkippedCount());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        report.note("this server has no VerifyCompleteness: the checker stands alone");
      } else {
        report.check("VerifyCompleteness says complete", false, "%s", e.getStatus());
      }
    }
  }

  private long watermark() throws SQLException {
    try (Connection connection = cluster.connect()) {
      return LedgerDump.lowestWatermark(connection);
    }
  }

  private long unsettled() throws SQLException {
    try (Connection connection = cluster.connect()) {
      return LedgerDump.unsettled(connection);
    }
  }

  private Evidence gather(List<FaultSpan> faults, long horizon) throws SQLException {
    List<Received> received = new ArrayList<>();
    subscribers.forEach(subscriber -> received.addAll(subscriber.log()));
    try (Connection connection = cluster.connect()) {
      List<Row> rows = LedgerDump.rows(connection);
      Set<String> undeliverable = LedgerDump.undeliverable(connection);
      return new Evidence(log.ops(), rows, received, undeliverable, faults, horizon);
    }
  }

  /** A condition that does not come is, after the faults, for the checker to explain. */
  private boolean await(String what, long millis, Condition condition) throws Exception {
    long limit = System.nanoTime() + millis * 1_000_000;
    while (!condition.holds()) {
      if (System.nanoTime() > limit) {
        progress.say("waited in vain for %d s until %s", millis / 1000, what);
        return false;
      }
      Thread.sleep(100);
    }
    progress.say("%s", what);
    return true;
  }

  private void observe() {
    try {
      while (true) {
        Thread.sleep(5_000);
        progress.say(
            "calls %s, %d unclear at first; received %d; watermark %.1f s behind",
            log.outcomes(),
            clients.stream().mapToInt(ChaosClient::unclear).sum(),
            subscribers.stream().mapToInt(ChaosSubscriber::size).sum(),
            behind());
      }
    } catch (InterruptedException e) {
      // The run is over.
    }
  }

  private double behind() {
    try {
      return (WallClock.nowMicros() - watermark()) / 1e6;
    } catch (SQLException e) {
      return Double.NaN;
    }
  }
}
