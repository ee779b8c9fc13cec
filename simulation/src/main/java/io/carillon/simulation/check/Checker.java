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
  private final Set<Key> keys = new HashSet<>();

  private final PartitionBooks partitions;
  private final DeliveryBooks delivery = new DeliveryBooks();
  private final Map<RevisionKey, Revision> revisions = new HashMap<>();
  private final Map<RevisionKey, Expectation> expected = new HashMap<>();
  private final Map<RevisionKey, Long> lastRecorded = new HashMap<>();
  private final Map<String, Expectation> requested = new TreeMap<>();
  private long leaderEpoch;

  /**
   * @param begin the watermark of all partitions at first
   * @param clockBound how far ahead of the reference a leader's clock may be
   */
  public Checker(EventQueue queue, Trace trace, int partitions, long begin, long clockBound) {
    this.queue = queue;
    this.trace = trace;
    this.clockBound = clockBound;
    this.partitions = new PartitionBooks(queue, trace, partitions, begin, clockBound);
  }

  /** A client is about to ask for a revision, under a name that goes with it. */
  public void requested(String operation, Expectation expectation) {
    requested.put(operation, expectation);
  }

  // The store.

  @Override
  public void leadTaken(long taken) {
    trace.note("", taken, () -> "epoch " + taken + " is taken");
    Violation.unless(taken > leaderEpoch, "S4 epochs rise", taken + " after " + leaderEpoch);
    leaderEpoch = taken;
  }

  private void fenced(long by, String what) {
    Violation.unless(
        by == leaderEpoch,
        "S4 fence",
        what + " of leader epoch " + by + " became durable after epoch " + leaderEpoch);
  }

  @Override
  public void committed(long by, CommitPlan plan) {
    fenced(by, "a commit");
    FireColumns fires = plan.fires();
    trace.note("", fires.size() * 31L + fires.firstSeq(), () -> "commit of " + describe(plan));
    Violation.unless(
        fires.firstSeq() == delivery.logSize() + 1,
        "S6 append-only",
        "a commit begins with seq "
            + fires.firstSeq()
            + " where "
            + (delivery.logSize() + 1)
            + " is next");
    for (int i = 0; i < plan.partitions().length; i++) {
      partitions.moved(plan, i);
    }
    for (int row = 0; row < fires.size(); row++) {
      recorded(fires, row);
    }
    Violation.unless(
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

  private void recorded(FireColumns f, int row) {
    long schedule = f.schedule[row];
    long nominal = f.nominalMicros[row];
    int p = f.partition[row];
    String topic = "schedule " + schedule;
    String fire = "schedule " + schedule + " at " + nominal;
    Violation.unless(
        keys.add(new Key(schedule, nominal, f.kind[row])),
        "S1 unique",
        fire,
        topic,
        PartitionBooks.topic(p));
    delivery.recorded(f, row, queue.now());
    trace.note(
        topic,
        nominal,
        () ->
            "recorded " + fire + (f.skipReason[row] == 0 ? "" : " skipped " + f.skippedCount[row]));
    if (FireKind.ofCode(f.kind[row]) != FireKind.SCHEDULED) {
      return;
    }
    notEarly(f, row);
    Violation.unless(
        f.epoch[row] == partitions.epoch(p),
        "S5 node fencing",
        fire + " under an old epoch",
        PartitionBooks.topic(p));
    owed(f, row, fire, topic, PartitionBooks.topic(p));
  }

  private void notEarly(FireColumns f, int row) {
    long last = f.lastNominalMicros[row];
    String schedule = "schedule " + f.schedule[row];
    String fire = schedule + " at " + f.nominalMicros[row];
    String topic = PartitionBooks.topic(f.partition[row]);
    Violation.unless(
        last <= f.recordedAtMicros(),
        "S2 not early",
        fire + " by the leader's clock " + (last - f.recordedAtMicros()) + " µs",
        schedule,
        topic);
    Violation.unless(
        last <= queue.now() + clockBound,
        "S2 not early",
        fire + " is " + (last - queue.now()) + " µs early",
        schedule,
        topic);
  }

  /** A row of the spec's stands for times of a revision, and is skipped only if it may be. */
  private void owed(FireColumns f, int row, String fire, String... topics) {
    long nominal = f.nominalMicros[row];
    long last = f.lastNominalMicros[row];
    RevisionKey key = new RevisionKey(f.schedule[row], f.version[row]);
    Revision revision = revisions.get(key);
    Violation.unless(revision != null, "S3 no phantom", fire + " of no revision", topics);
    Violation.unless(
        nominal > revision.validFrom() && last <= revision.validTo(),
        "S3 no phantom",
        fire
            + " is not owed by version "
            + f.version[row]
            + ", which holds from "
            + revision.validFrom()
            + " to "
            + revision.validTo(),
        topics);
    Expectation expectation = expected.get(key);
    int count = PlainTimes.of(expectation.spec(), nominal, last + 1).size();
    long said = f.skipReason[row] == 0 ? 1 : f.skippedCount[row];
    Violation.unless(
        count == said && PlainTimes.of(expectation.spec(), last, last + 1).size() == 1,
        "S3 no phantom",
        fire + " is no time of its spec, or not " + said + " of them",
        topics);
    Violation.unless(
        f.skipReason[row] == 0 || maySkip(f, row, expectation),
        "S3 no silent skip",
        fire + " need not be skipped",
        topics);
    lastRecorded.merge(key, last, Math::max);
  }

  private static boolean maySkip(FireColumns f, int row, Expectation e) {
    CatchUp catchUp = e.catchUp();
    long latest = f.recordedAtMicros() + AHEAD_TOLERANCE;
    long last = f.lastNominalMicros[row];
    long missedUpTo = latest - catchUp.graceMicros();
    return SkipRule.allows(
        SkipReason.ofCode(f.skipReason[row]),
        catchUp,
        last,
        latest,
        () -> PlainTimes.of(e.spec(), last + 1, missedUpTo + 1).size());
  }

  @Override
  public void ownersChanged(long by, List<OwnerChange> changes) {
    fenced(by, "a change of owners");
    changes.forEach(partitions::ownerChanged);
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
      partitions.mutated(planned.mutation().partition(), planned.version());
      Revision closed = planned.closed();
      if (closed != null) {
        RevisionKey key = new RevisionKey(schedule, closed.version());
        Violation.unless(
            revisions.containsKey(key), "S3 no phantom", "a close of no revision", topic);
        Violation.unless(
            lastRecorded.getOrDefault(key, Long.MIN_VALUE) <= closed.validTo(),
            "S3 no phantom",
            topic + " is closed before what it has recorded",
            topic);
        revisions.put(key, closed);
      }
      if (planned.opened() != null) {
        RevisionKey key = new RevisionKey(schedule, planned.opened().version());
        revisions.put(key, planned.opened());
        expected.put(key, requested.get(planned.mutation().requestId()));
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
    partitions.damaged(partition);
  }

  public boolean isDamaged(int partition) {
    return partitions.isDamaged(partition);
  }

  @Override
  public void planted(Revision revision, int partition, long nominal) {
    keys.add(new Key(revision.schedule(), nominal, 0));
    trace.note(
        PartitionBooks.topic(partition),
        nominal,
        () -> "by hand: schedule " + revision.schedule() + " at " + nominal + " is entered");
  }

  @Override
  public void setBack(int partition, long to) {
    partitions.setBack(partition, to);
  }

  /** A leader has set a partition aside. */
  public void quarantined(int partition, String why) {
    partitions.quarantined(partition, why);
  }

  // Messages.

  /** A node pushes a part. */
  public void pushed(String node, PushedPart part) {
    partitions.pushed(node, part);
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
    return partitions.isApplied(partition);
  }

  /** The longest time between two commits of one partition. */
  public long longestStandstill() {
    return partitions.longestStandstill();
  }

  public int recordedCount() {
    return delivery.logSize();
  }
}
