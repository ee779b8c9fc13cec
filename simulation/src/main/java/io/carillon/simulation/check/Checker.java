package io.carillon.simulation.check;

import io.carillon.common.fire.FireKind;
import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.PushedPart;
import io.carillon.master.core.Revision;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.simulation.oracle.PlainTimes;
import io.carillon.simulation.store.StoreListener;
import io.carillon.simulation.world.EventQueue;
import io.carillon.simulation.world.Trace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The safety invariants, looked at with each change of the store and each message that matters. It
 * keeps books of its own: what it compares with is neither the store's nor the cores' state.
 */
public final class Checker implements StoreListener {

  /** What a node's clock may be ahead of the leader's before the leader refuses it. */
  private static final long AHEAD_TOLERANCE = 1_000_000;

  private record Key(long schedule, long nominal, int kind) {}

  private record RevisionKey(long schedule, long version) {}

  private final EventQueue queue;
  private final Trace trace;
  private final long clockBound;
  private final String[] owner;
  private final long[] epoch;
  private final long[] watermark;
  private final long[] applied;

  /** When each partition moved last; 0: it never did. */
  private final long[] movedAt;

  /** Of the latest durable mutation of each partition. */
  private final long[] versions;

  private final Set<Key> keys = new HashSet<>();

  /** Partitions that were changed by hand. */
  private final Set<Integer> damaged = new HashSet<>();

  private final DeliveryBooks delivery = new DeliveryBooks();
  private final PushedSteps steps = new PushedSteps();
  private final Map<RevisionKey, Revision> revisions = new HashMap<>();
  private final Map<RevisionKey, Expectation> expected = new HashMap<>();
  private final Map<RevisionKey, Long> lastRecorded = new HashMap<>();
  private final Map<String, Expectation> asked = new TreeMap<>();
  private long leaderEpoch;
  private long longestStandstill;

  /**
   * @param begin the watermark of all partitions at first
   * @param clockBound how far ahead of the reference a leader's clock may be
   */
  public Checker(EventQueue queue, Trace trace, int partitions, long begin, long clockBound) {
    this.queue = queue;
    this.trace = trace;
    this.clockBound = clockBound;
    owner = new String[partitions];
    epoch = new long[partitions];
    watermark = new long[partitions];
    applied = new long[partitions];
    versions = new long[partitions];
    movedAt = new long[partitions];
    java.util.Arrays.fill(watermark, begin);
  }

  static void check(boolean holds, String invariant, String message, String... topics) {
    if (!holds) {
      throw new Violation(invariant, message, topics);
    }
  }

  private static String topic(int partition) {
    return "partition " + partition;
  }

  /** A client is about to ask for a revision, under a name that goes with it. */
  public void asked(String operation, Expectation expectation) {
    asked.put(operation, expectation);
  }

  // The store.

  @Override
  public void leadTaken(long taken) {
    trace.note("", taken, () -> "epoch " + taken + " is taken");
    check(taken > leaderEpoch, "S4 epochs rise", taken + " after " + leaderEpoch);
    leaderEpoch = taken;
  }

  private void fenced(long by, String what) {
    check(
        by == leaderEpoch,
        "S4 fence",
        what + " of leader epoch " + by + " became durable after epoch " + leaderEpoch);
  }

  @Override
  public void committed(long by, CommitPlan plan) {
    fenced(by, "a commit");
    FireColumns fires = plan.fires();
    trace.note("", fires.size() * 31L + fires.firstSeq(), () -> "commit of " + describe(plan));
    check(
        fires.firstSeq() == delivery.logSize() + 1,
        "S6 append-only",
        "a commit begins with seq "
            + fires.firstSeq()
            + " where "
            + (delivery.logSize() + 1)
            + " is next");
    for (int i = 0; i < plan.partitions().length; i++) {
      moved(plan, i);
    }
    for (int row = 0; row < fires.size(); row++) {
      recorded(fires, row);
    }
    check(
        plan.lastSeq() == delivery.logSize(),
        "S6 append-only",
        "the end of the log is " + delivery.logSize());
  }

  private static String describe(CommitPlan plan) {
    StringBuilder text = new StringBuilder();
    text.append(plan.fires().size()).append(" fires from seq ").append(plan.fires().firstSeq());
    for (int i = 0; i < plan.partitions().length; i++) {
      text.append(", partition ").append(plan.partitions()[i]);
      text.append(" to ").append(plan.newWatermarks()[i]);
    }
    return text.toString();
  }

  private void moved(CommitPlan plan, int i) {
    int p = plan.partitions()[i];
    long to = plan.newWatermarks()[i];
    check(
        to >= watermark[p],
        "S10 monotone",
        "the watermark of partition " + p + " falls by " + (watermark[p] - to),
        topic(p));
    check(
        plan.watermarks()[i] == watermark[p],
        "S10 monotone",
        "partition " + p + " is moved from a watermark that it does not have",
        topic(p));
    check(
        to <= queue.now() + clockBound,
        "S2 not early",
        "the watermark of partition " + p + " is " + (to - queue.now()) + " µs ahead of time",
        topic(p));
    if (to != watermark[p] || plan.applied()[i] != applied[p]) {
      check(
          plan.epochs()[i] == epoch[p]
              && steps.lead(owner[p], p, epoch[p], watermark[p], applied[p], to, plan.applied()[i]),
          "S5 node fencing",
          "nobody who owns partition " + p + " under epoch " + epoch[p] + " said the step to " + to,
          topic(p));
    }
    if (movedAt[p] != 0 && !damaged.contains(p)) {
      longestStandstill = Math.max(longestStandstill, queue.now() - movedAt[p]);
    }
    movedAt[p] = queue.now();
    watermark[p] = to;
    applied[p] = plan.applied()[i];
  }

  private void recorded(FireColumns f, int row) {
    long schedule = f.schedule[row];
    long nominal = f.nominalMicros[row];
    int p = f.partition[row];
    String topic = "schedule " + schedule;
    String fire = "schedule " + schedule + " at " + nominal;
    check(keys.add(new Key(schedule, nominal, f.kind[row])), "S1 unique", fire, topic, topic(p));
    delivery.recorded(f, row, queue.now());
    trace.note(
        topic,
        nominal,
        () ->
            "recorded " + fire + (f.skipReason[row] == 0 ? "" : " skipped " + f.skippedCount[row]));
    if (FireKind.ofCode(f.kind[row]) != FireKind.SCHEDULED) {
      return;
    }
    long last = f.lastNominalMicros[row];
    check(
        last <= f.recordedAtMicros(),
        "S2 not early",
        fire + " by the leader's clock " + (last - f.recordedAtMicros()) + " µs",
        topic,
        topic(p));
    check(
        last <= queue.now() + clockBound,
        "S2 not early",
        fire + " is " + (last - queue.now()) + " µs early",
        topic,
        topic(p));
    check(f.epoch[row] == epoch[p], "S5 node fencing", fire + " under an old epoch", topic(p));
    RevisionKey key = new RevisionKey(schedule, f.version[row]);
    Revision revision = revisions.get(key);
    check(revision != null, "S3 no phantom", fire + " of no revision", topic, topic(p));
    check(
        nominal > revision.validFrom() && last <= revision.validTo(),
        "S3 no phantom",
        fire
            + " is not owed by version "
            + f.version[row]
            + ", which holds from "
            + revision.validFrom()
            + " to "
            + revision.validTo(),
        topic,
        topic(p));
    Expectation expectation = expected.get(key);
    int count = PlainTimes.of(expectation.spec(), nominal, last + 1).size();
    long said = f.skipReason[row] == 0 ? 1 : f.skippedCount[row];
    check(
        count == said && PlainTimes.of(expectation.spec(), last, last + 1).size() == 1,
        "S3 no phantom",
        fire + " is no time of its spec, or not " + said + " of them",
        topic,
        topic(p));
    if (f.skipReason[row] != 0) {
      check(
          maySkip(f, row, expectation),
          "S3 no silent skip",
          fire + " need not be skipped",
          topic,
          topic(p));
    }
    lastRecorded.merge(key, last, Math::max);
  }

  private static boolean maySkip(FireColumns f, int row, Expectation e) {
    CatchUp catchUp = e.catchUp();
    long latest = f.recordedAtMicros() + AHEAD_TOLERANCE;
    long last = f.lastNominalMicros[row];
    long missedUpTo = latest - catchUp.graceMicros();
    return switch (SkipReason.ofCode(f.skipReason[row])) {
      case CATCHUP_WINDOW -> last <= latest - catchUp.windowMicros();
      case CATCHUP_NONE -> catchUp.limit() == 0 && last <= missedUpTo;
      case CATCHUP_LIMIT ->
          catchUp.limit() > 0
              && PlainTimes.of(e.spec(), last + 1, missedUpTo + 1).size() >= catchUp.limit();
      case NONE -> false;
    };
  }

  @Override
  public void ownersChanged(long by, List<OwnerChange> changes) {
    fenced(by, "a change of owners");
    for (OwnerChange change : changes) {
      int p = change.partition();
      trace.note(
          topic(p),
          epoch[p],
          () ->
              "partition "
                  + p
                  + " goes to "
                  + change.newOwner()
                  + " under epoch "
                  + (change.expectedEpoch() + 1)
                  + ": "
                  + change.reason());
      boolean again =
          change.expectedEpoch() + 1 == epoch[p] && Objects.equals(change.newOwner(), owner[p]);
      check(
          change.expectedEpoch() == epoch[p] || again,
          "S4 epochs rise",
          "partition " + p + " changes hands at epoch " + epoch[p],
          topic(p));
      owner[p] = change.newOwner();
      epoch[p] = change.expectedEpoch() + 1;
    }
  }

  @Override
  public void mutated(long by, List<Planned> all) {
    fenced(by, "a mutation");
    for (Planned planned : all) {
      long schedule = planned.mutation().schedule();
      String topic = "schedule " + schedule;
      trace.note(
          topic,
          planned.version(),
          () ->
              planned.mutation().requestId()
                  + " is version "
                  + planned.version()
                  + " of "
                  + topic
                  + " in partition "
                  + planned.mutation().partition()
                  + " at "
                  + planned.effective());
      int p = planned.mutation().partition();
      versions[p] = Math.max(versions[p], planned.version());
      Revision closed = planned.closed();
      if (closed != null) {
        RevisionKey key = new RevisionKey(schedule, closed.version());
        check(revisions.containsKey(key), "S3 no phantom", "a close of no revision", topic);
        check(
            lastRecorded.getOrDefault(key, Long.MIN_VALUE) <= closed.validTo(),
            "S3 no phantom",
            topic + " is closed before what it has recorded",
            topic);
        revisions.put(key, closed);
      }
      if (planned.opened() != null) {
        RevisionKey key = new RevisionKey(schedule, planned.opened().version());
        revisions.put(key, planned.opened());
        expected.put(key, asked.get(planned.mutation().requestId()));
      }
    }
  }

  @Override
  public void settled(long by, Settlement settlement) {
    fenced(by, "a settlement");
    delivery.settled(settlement);
  }

  // What is done by hand.

  /** From here on this partition may be set aside, and stand still until it is repaired. */
  public void damaged(int partition) {
    damaged.add(partition);
  }

  public boolean isDamaged(int partition) {
    return damaged.contains(partition);
  }

  @Override
  public void planted(Revision revision, int partition, long nominal) {
    keys.add(new Key(revision.schedule(), nominal, 0));
    trace.note(
        topic(partition),
        nominal,
        () -> "by hand: schedule " + revision.schedule() + " at " + nominal + " is entered");
  }

  @Override
  public void setBack(int partition, long to) {
    trace.note(topic(partition), to, () -> "by hand: partition " + partition + " is at " + to);
    watermark[partition] = to;
  }

  /** A leader has set a partition aside. */
  public void quarantined(int partition, String why) {
    check(
        damaged.contains(partition),
        "Q1 only the damaged",
        "partition " + partition + " is set aside: " + why,
        topic(partition));
  }

  // Messages.

  /** A node pushes a part. */
  public void pushed(String node, PushedPart part) {
    steps.add(node, part);
  }

  /** What became of the fires that are recorded. */
  public DeliveryBooks delivery() {
    return delivery;
  }

  /** A leader found its store to be as nothing explains. */
  public void unexplained(String what) {
    throw new Violation("S4 no unexplained mismatch", what);
  }

  // For the end.

  /** Whether what is recorded of a partition speaks for all its mutations. */
  public boolean isApplied(int partition) {
    return applied[partition] >= versions[partition];
  }

  /** The longest time between two commits of one partition. */
  public long longestStandstill() {
    return longestStandstill;
  }

  public int recordedCount() {
    return delivery.logSize();
  }
}
