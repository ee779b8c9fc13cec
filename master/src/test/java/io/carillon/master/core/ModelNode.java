package io.carillon.master.core;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.Assigned;
import io.carillon.master.core.MasterCommand.RefuseWatch;
import io.carillon.master.core.MasterCommand.SendAssignment;
import io.carillon.master.core.MasterCommand.SendChange;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.Node.Registration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An honest clock node in the plainest way: holds what it is told, and each time it is asked says
 * of every partition what is due since the time before. Unless it is made to lie.
 */
final class ModelNode {

  /** One partition as the node knows it. */
  private static final class Held {
    long epoch;

    /** The epoch by which the watch of its revisions is known. */
    final long watched;

    /** Another node owns it. */
    boolean standby;

    boolean ready;
    boolean release;
    long watermark;
    long applied;
    long mark;
    final TreeMap<Long, Revision> revisions = new TreeMap<>();

    Held(long epoch) {
      this.epoch = epoch;
      this.watched = epoch;
    }
  }

  private record Event(Revision revision, long due) {}

  private record Batch(long number, List<PushedPart> parts) {}

  final String id;
  private final CoreDriver driver;
  private final TreeMap<Integer, Held> held = new TreeMap<>();
  private final ArrayDeque<Batch> pending = new ArrayDeque<>();

  /** If set, some of what it says is false. */
  SplittableRandom lies;

  /** Partitions that it went on with at once, as it had them loaded. */
  int promotions;

  private long clockAhead;
  private int starts;
  private long incarnation;
  private long lastBatch;
  private long session;
  private int read;

  ModelNode(String id, CoreDriver driver) {
    this.id = id;
    this.driver = driver;
  }

  boolean isConnected() {
    return session != 0;
  }

  /** A new process. */
  void start() {
    starts++;
    incarnation = 0;
    lastBatch = 0;
    held.clear();
    pending.clear();
    connect();
  }

  /** Registers, and sends again what was not acknowledged. */
  void connect() {
    read = driver.sent.size();
    List<Registration> answers = new ArrayList<>();
    driver.core.register(
        CoreDriver.candidate(id, "start-" + starts, incarnation, CoreDriver.secret(id)),
        driver.nextSession++,
        answers::add,
        driver.now);
    driver.settle();
    if (answers.isEmpty()) {
      session = 0;
      return;
    }
    session = answers.get(0).session();
    incarnation = answers.get(0).incarnation();
    driver.setClock(session, clockAhead);
    driver.begin(session);
    for (Batch batch : pending) {
      driver.core.push(session, batch.number, batch.parts, driver.now);
    }
    driver.settle();
    new ArrayList<>(held.keySet()).forEach(this::open);
  }

  /** By how much its heartbeats say that its clock is ahead; what it pushes is by the tick's. */
  void setClock(long ahead) {
    clockAhead = ahead;
    driver.setClock(session, ahead);
  }

  /** The master is gone, or the network. */
  void cut(boolean masterNotices) {
    if (session != 0) {
      driver.beating.remove(session);
      if (masterNotices) {
        driver.core.heartbeatLost(session, driver.now);
        driver.settle();
      }
      session = 0;
    }
  }

  private void open(int partition) {
    Held old = held.get(partition);
    Held fresh = new Held(old.epoch);
    fresh.release = old.release;
    fresh.standby = old.standby;
    held.put(partition, fresh);
    driver.core.watch(session, partition, fresh.epoch, driver.now);
    driver.settle();
  }

  /** Takes what the master has sent since the last time. */
  void read() {
    // Reading may bring more.
    for (; read < driver.sent.size(); read++) {
      MasterCommand command = driver.sent.get(read);
      if (command instanceof SendAssignment it && it.session() == session) {
        assigned(it);
      } else if (command instanceof SendSnapshot it && it.session() == session) {
        snapshot(it);
      } else if (command instanceof SendChange it && it.session() == session) {
        changed(it);
      } else if (command instanceof RefuseWatch it && it.session() == session) {
        refused(it);
      } else if (command instanceof Acknowledge it && it.session() == session) {
        acknowledged(it);
      } else if (command instanceof MasterCommand.EndSession it && it.session() == session) {
        driver.beating.remove(session);
        session = 0;
        return;
      }
    }
  }

  private void assigned(SendAssignment assignment) {
    TreeMap<Integer, Assigned> wanted = new TreeMap<>();
    assignment.partitions().forEach(one -> wanted.put(one.partition(), one));
    held.keySet().removeIf(partition -> !wanted.containsKey(partition));
    for (Assigned one : wanted.values()) {
      Held now = held.get(one.partition());
      if (now != null && now.standby && now.ready && !one.standby()) {
        promoted(now, one);
      } else if (now == null
          || now.standby != one.standby()
          || !one.standby() && now.epoch != one.epoch()) {
        Held fresh = new Held(one.epoch());
        fresh.standby = one.standby();
        held.put(one.partition(), fresh);
        open(one.partition());
      }
      // A refusal may have come in answer.
      if (held.containsKey(one.partition())) {
        held.get(one.partition()).release = one.release();
      }
    }
  }

  /** What it has loaded is what it owns now, from where the recorded steps end. */
  private void promoted(Held now, Assigned one) {
    promotions++;
    now.standby = false;
    now.epoch = one.epoch();
    now.watermark = one.watermark();
    now.applied = one.applied();
  }

  private void refused(RefuseWatch refusal) {
    Held now = held.get(refusal.partition());
    if (now != null && now.watched == refusal.epoch()) {
      held.remove(refusal.partition());
    }
  }

  private void snapshot(SendSnapshot snapshot) {
    Held now = held.get(snapshot.partition());
    if (now == null || now.watched != snapshot.epoch()) {
      return;
    }
    now.revisions.clear();
    snapshot.revisions().forEach(revision -> now.revisions.put(revision.version(), revision));
    now.watermark = snapshot.watermark();
    now.applied = snapshot.applied();
    now.mark = snapshot.version();
    now.ready = true;
  }

  private void changed(SendChange change) {
    Held now = held.get(change.partition());
    if (now == null || now.watched != change.epoch() || !now.ready) {
      return;
    }
    change.opened().forEach(revision -> now.revisions.put(revision.version(), revision));
    change.closed().forEach(revision -> now.revisions.replace(revision.version(), revision));
    now.mark = change.version();
  }

  private void acknowledged(Acknowledge answer) {
    while (!pending.isEmpty() && pending.peek().number <= answer.batch()) {
      pending.poll();
    }
    for (Refusal refusal : answer.refusals()) {
      Held now = held.get(refusal.partition());
      if (now == null || now.epoch != refusal.epoch()) {
        continue;
      }
      if (refusal.reason() == Refusal.Reason.STALE_EPOCH) {
        held.remove(refusal.partition());
      } else {
        open(refusal.partition());
      }
    }
  }

  /** Makes a batch of all that is due by the node's clock, and sends it if there is a session. */
  void tick(long clock) {
    if (pending.size() >= 8) {
      return;
    }
    List<PushedPart> parts = new ArrayList<>();
    held.forEach(
        (partition, one) -> {
          if (one.ready && !one.standby && one.mark >= one.applied && clock > one.watermark) {
            parts.add(due(partition, one, clock));
          }
        });
    if (parts.isEmpty()) {
      return;
    }
    Batch batch = new Batch(++lastBatch, parts);
    pending.add(batch);
    if (session != 0) {
      driver.core.push(session, batch.number, parts, driver.now);
      driver.settle();
    }
  }

  /** Sends again what is not acknowledged, for no reason. */
  void sendAgain() {
    for (Batch batch : new ArrayList<>(pending)) {
      driver.core.push(session, batch.number, batch.parts, driver.now);
    }
    driver.settle();
  }

  private PushedPart due(int partition, Held one, long clock) {
    PartBuilder part =
        new PartBuilder(partition, one.epoch, one.watermark, clock, one.applied).applied(one.mark);
    List<Event> events = new ArrayList<>();
    for (Revision revision : one.revisions.values()) {
      TreeMap<SkipReason, List<Long>> skipped = new TreeMap<>();
      List<Long> owed = owed(revision, one, clock);
      for (int i = 0; i < owed.size(); i++) {
        long due = revision.times().dueOf(revision.schedule(), owed.get(i));
        SkipReason reason = reason(revision, owed.subList(i + 1, owed.size()), due, clock);
        if (reason == SkipReason.NONE) {
          events.add(new Event(revision, due));
        } else {
          skipped.computeIfAbsent(reason, r -> new ArrayList<>()).add(owed.get(i));
        }
      }
      skipped.forEach(
          (reason, run) ->
              part.skip(revision, run.get(0), run.get(run.size() - 1), run.size(), reason));
      if (lies != null && lies.nextInt(3) == 0) {
        lie(revision, part, events);
      }
    }
    events.sort(
        Comparator.comparingLong(Event::due).thenComparingLong(event -> event.revision.schedule()));
    events.forEach(event -> part.event(event.revision, event.due));
    one.revisions.values().removeIf(revision -> revision.validTo() <= clock);
    one.watermark = clock;
    one.applied = one.mark;
    if (one.release) {
      part.last();
      one.ready = false;
    }
    return part.build();
  }

  private void lie(Revision revision, PartBuilder part, List<Event> events) {
    Occurrences times = revision.times();
    long schedule = revision.schedule();
    long others = times.previousBefore(Math.max(revision.nominalAfter(), Long.MIN_VALUE + 2) + 1);
    switch (lies.nextInt(4)) {
      case 0 -> add(revision, times.dueOf(schedule, others), events);
      case 1 -> {
        boolean none = revision.catchUp().limit() == 0;
        SkipReason reason = none ? SkipReason.CATCHUP_NONE : SkipReason.CATCHUP_WINDOW;
        deny(revision, others, reason, part);
      }
      case 2 -> add(revision, lies.nextLong(driver.now - 1_000_000, driver.now), events);
      default -> {
        Event last = events.isEmpty() ? null : events.get(events.size() - 1);
        if (last != null && last.revision == revision) {
          events.remove(last);
          long own = times.nominalDueBy(schedule, last.due);
          deny(revision, own, SkipReason.CATCHUP_LIMIT, part);
        }
      }
    }
  }

  private void deny(Revision revision, long nominal, SkipReason reason, PartBuilder part) {
    driver.store.denied.computeIfAbsent(revision.schedule(), n -> new TreeSet<>()).add(nominal);
    part.skip(revision, nominal, nominal, 1, reason);
  }

  private static void add(Revision revision, long due, List<Event> events) {
    // A part that has one twice is refused whole; what is not due is dropped alone.
    boolean isNew =
        events.stream()
            .noneMatch(e -> e.due == due && e.revision.schedule() == revision.schedule());
    Occurrences times = revision.times();
    long nominal = times.nominalDueBy(revision.schedule(), due);
    boolean isTrue =
        nominal > revision.nominalAfter() && times.dueOf(revision.schedule(), nominal) == due;
    if (isNew && !isTrue) {
      events.add(new Event(revision, due));
    }
  }

  /** The nominal times that a revision owes by the node's clock. */
  private static List<Long> owed(Revision revision, Held one, long clock) {
    Occurrences times = revision.times();
    long after = revision.owesAfter(one.watermark, one.applied);
    long upTo = Math.min(clock, revision.validTo());
    List<Long> owed = new ArrayList<>();
    // With jitter, the last time before this may be due after it.
    long before = times.jitterMicros() == 0 ? after : times.previousBefore(after) - 1;
    for (long t = times.nextAfter(before); t <= upTo; t = times.nextAfter(t)) {
      long due = times.dueOf(revision.schedule(), t);
      if (due > after && due <= upTo && t > revision.nominalAfter()) {
        owed.add(t);
      }
    }
    return owed;
  }

  /** Why a time is left out, given those owed after it. */
  private static SkipReason reason(Revision revision, List<Long> later, long due, long clock) {
    CatchUp catchUp = revision.catchUp();
    if (due < clock - catchUp.windowMicros()) {
      return SkipReason.CATCHUP_WINDOW;
    }
    long grace = clock - catchUp.graceMicros();
    if (due >= grace || catchUp.limit() == CatchUp.NO_LIMIT) {
      return SkipReason.NONE;
    }
    if (catchUp.limit() == 0) {
      return SkipReason.CATCHUP_NONE;
    }
    int last = catchUp.limit() - 1;
    return later.size() > last
            && revision.times().dueOf(revision.schedule(), later.get(last)) < grace
        ? SkipReason.CATCHUP_LIMIT
        : SkipReason.NONE;
  }
}
