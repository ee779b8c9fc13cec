package io.carillon.master.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.TestSpecs;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.SendAssignment;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.core.Mutation.Outcome;
import io.carillon.master.core.Node.Candidate;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.Node.Registration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Runs a core in virtual time, with nodes that send heartbeats, and says in a line each what tests
 * ask of it.
 */
final class CoreDriver extends StoredCore {

  static final long SECOND = 1_000_000;
  static final int DESTINATION = 1;
  static final NodeReport HEALTHY = new NodeReport(false, 0, 0, 0, 0);
  static final NodeReport LEAVING = new NodeReport(true, 0, 0, 0, 0);

  /** Sessions that send a heartbeat as often as they should. */
  final TreeSet<Long> beating = new TreeSet<>();

  private final TreeMap<Long, NodeReport> reports = new TreeMap<>();
  private final TreeMap<Long, Long> clocks = new TreeMap<>();
  private final TreeMap<Long, Long> clockErrors = new TreeMap<>();
  private long nextBeat;
  private long nextTick;

  /** Of all masters: a session of an earlier one is none of a later one's. */
  long nextSession = 1;

  CoreDriver(int partitions) {
    this(partitions, CoreSettings.defaults());
  }

  CoreDriver(int partitions, CoreSettings settings) {
    super(partitions, settings);
    restartMaster();
  }

  @Override
  void restartMaster() {
    beating.clear();
    super.restartMaster();
  }

  // Time.

  void advance(long micros) {
    advanceTo(now + micros);
  }

  void advanceTo(long time) {
    while (now < time) {
      now = Math.max(now, Math.min(time, Math.min(nextTick, core.nextWake())));
      if (now >= nextBeat) {
        nextBeat = now + settings.heartbeatInterval();
        new ArrayList<>(beating).forEach(this::beat);
      }
      if (now >= nextTick || now >= core.nextWake()) {
        nextTick = now + TICK;
        core.tick(now);
        settle();
      }
    }
  }

  // Nodes.

  /** What proves that a process is the node. */
  static String secret(String id) {
    return "hash of " + id;
  }

  static Candidate candidate(String id, String instance, long incarnation, String secretHash) {
    return new Candidate(id, instance, incarnation, 100, "here", "1", secretHash);
  }

  Registration register(String id, String instance, long incarnation) {
    List<Registration> answers = new ArrayList<>();
    core.register(
        candidate(id, instance, incarnation, secret(id)), nextSession++, answers::add, now);
    settle();
    return answers.isEmpty() ? null : answers.get(0);
  }

  /** Registers a new node, which beats from now on, and answers its session. */
  long join(String id) {
    return start(id, "first");
  }

  long start(String id, String instance) {
    long session = register(id, instance, 0).session();
    assertNotEquals(0, session);
    begin(session);
    return session;
  }

  void begin(long session) {
    beating.add(session);
    beat(session);
  }

  private void beat(long session) {
    NodeReport said = reports.getOrDefault(session, HEALTHY);
    core.heartbeat(
        session,
        new NodeReport(
            said.draining(),
            said.clockOffset(),
            clockErrors.getOrDefault(session, 0L),
            said.schedules(),
            said.unacknowledged(),
            now + clocks.getOrDefault(session, 0L)),
        now);
    settle();
  }

  /** By how much the heartbeats of a session say that its clock is ahead. */
  void setClock(long session, long ahead) {
    clocks.put(session, ahead);
  }

  /** How well they say that it is known. */
  void setClockError(long session, long error) {
    clockErrors.put(session, error);
  }

  /** Why a node is given no partitions; empty if it is. */
  String hold(String node) {
    return core.report(now).nodes().stream()
        .filter(row -> row.node().id().equals(node))
        .findFirst()
        .orElseThrow()
        .hold();
  }

  void leave(long session) {
    reports.put(session, LEAVING);
    beat(session);
  }

  void breakStream(long session) {
    beating.remove(session);
    core.heartbeatLost(session, now);
    settle();
  }

  /** A node "a" that owns every partition, settled. */
  long soleOwner() {
    long session = join("a");
    advance(SECOND);
    return session;
  }

  SendAssignment assignment(long session) {
    SendAssignment last = null;
    for (MasterCommand command : sent) {
      if (command instanceof SendAssignment assignment && assignment.session() == session) {
        last = assignment;
      }
    }
    return last;
  }

  SendSnapshot watch(long session, int partition) {
    core.watch(session, partition, store.epoch[partition], now);
    settle();
    return last(SendSnapshot.class);
  }

  /** What a node of that session has on its way next. */
  PartBuilder part(int partition) {
    return new PartBuilder(
        partition,
        store.epoch[partition],
        store.watermark[partition],
        now,
        store.applied[partition]);
  }

  /** Pushes, and answers what came back at once; null if nothing did. */
  Acknowledge push(long session, long batch, PartBuilder... parts) {
    int before = sent.size();
    List<PushedPart> all = new ArrayList<>();
    for (PartBuilder part : parts) {
      all.add(part.build());
    }
    core.push(session, batch, all, now);
    settle();
    return sent.size() == before ? null : last(Acknowledge.class);
  }

  /** Time goes by, and every half second a node says that nothing is due in what it owns. */
  void work(String node, long session, long micros) {
    for (long end = now + micros; now < end; ) {
      advanceTo(Math.min(end, now + SECOND / 2));
      core.push(
          session,
          1_000_000 + now / (SECOND / 2),
          owned(node).stream().map(partition -> part(partition).build()).toList(),
          now);
      settle();
    }
  }

  // Schedules.

  static Mutation.Content content(ScheduleSpec spec) {
    return new Mutation.Content(
        spec.canonical(),
        spec.compile(),
        CatchUp.all(3600 * SECOND),
        DESTINATION,
        Long.MAX_VALUE,
        Mutation.Content.EFFECTIVE);
  }

  static ScheduleSpec every(long period) {
    return ScheduleSpec.of(new ScheduleSpec.IntervalRule(period, T0), ZoneId.of("UTC"));
  }

  static ScheduleSpec every(long period, long jitter) {
    return TestSpecs.withJitter(every(period), jitter);
  }

  static Mutation mutation(long schedule, long expected, Mutation.Content opens, boolean deletes) {
    return mutation(schedule, 0, expected, opens, deletes);
  }

  static Mutation mutation(
      long schedule, int partition, long expected, Mutation.Content opens, boolean deletes) {
    StoredSchedule before =
        StoredSchedule.draft("t", "s", null).numbered(schedule, partition, "s").at(expected, 0, 0);
    StoredSchedule after = deletes ? before.withState(ScheduleState.DELETED) : before;
    return new Mutation(after, opens, false);
  }

  /** Hands it in; the result is there when the write has ended. */
  List<GroupResult> mutate(Mutation... mutations) {
    List<GroupResult> results = new ArrayList<>();
    core.mutate(new Mutation.Group(List.of(mutations), results::add), now);
    settle();
    return results;
  }

  /** A schedule of partition 0; answers its revision. */
  Revision create(long schedule, ScheduleSpec spec) {
    return done(mutate(mutation(schedule, 0, content(spec), false)));
  }

  /** The same, not waiting for the end of the write. */
  void beginCreate(long schedule) {
    mutate(mutation(schedule, 0, content(every(SECOND)), false));
  }

  Revision update(long schedule, long version, ScheduleSpec spec) {
    return done(mutate(mutation(schedule, version, content(spec), false)));
  }

  private static Revision done(List<GroupResult> results) {
    assertEquals(Outcome.DONE, results.get(0).outcome());
    return results.get(0).planned().get(0).opened();
  }

  List<TriggerResult> trigger(long schedule) {
    List<TriggerResult> results = new ArrayList<>();
    core.trigger(new ManualFire(schedule, 0, 2, DESTINATION, results::add, 0), now);
    settle();
    return results;
  }

  // What came of it.

  <T extends MasterCommand> List<T> all(Class<T> type) {
    return sent.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T extends MasterCommand> T last(Class<T> type) {
    List<T> all = all(type);
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }

  long counter(Counter counter) {
    return core.report(now).counters().get(counter.name().toLowerCase(Locale.ROOT));
  }

  NodeState state(String node) {
    return core.report(now).nodes().stream()
        .filter(row -> row.node().id().equals(node))
        .findFirst()
        .orElseThrow()
        .node()
        .state();
  }

  List<Integer> owned(String node) {
    List<Integer> owned = new ArrayList<>();
    for (int p = 0; p < store.partitions; p++) {
      if (node.equals(store.owner[p])) {
        owned.add(p);
      }
    }
    return owned;
  }
}
