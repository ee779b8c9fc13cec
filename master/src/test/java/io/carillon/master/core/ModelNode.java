package io.carillon.master.core;

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
import java.util.TreeMap;

/**
 * An honest clock node in the plainest way: holds what it is told, and each time it is asked says
 * of every partition what is due since the time before.
 */
final class ModelNode {

  /** One partition as the node knows it. */
  private static final class Held {
    final long epoch;
    boolean ready;
    boolean release;
    long watermark;
    long applied;
    long mark;
    final TreeMap<Long, Revision> revisions = new TreeMap<>();

    Held(long epoch) {
      this.epoch = epoch;
    }
  }

  private record Batch(long number, List<PushedPart> parts) {}

  final String id;
  private final CoreDriver driver;
  private final TreeMap<Integer, Held> held = new TreeMap<>();
  private final ArrayDeque<Batch> pending = new ArrayDeque<>();
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
        id, "start-" + starts, incarnation, 100, "here", "1", answers::add, driver.now);
    driver.settle();
    if (answers.isEmpty()) {
      session = 0;
      return;
    }
    session = answers.get(0).session();
    incarnation = answers.get(0).incarnation();
    driver.begin(session);
    for (Batch batch : pending) {
      driver.core.push(session, batch.number, batch.parts, driver.now);
    }
    driver.settle();
    new ArrayList<>(held.keySet()).forEach(this::open);
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
        held.remove(it.partition());
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
      if (now == null || now.epoch != one.epoch()) {
        held.put(one.partition(), new Held(one.epoch()));
        open(one.partition());
      }
      held.get(one.partition()).release = one.release();
    }
  }

  private void snapshot(SendSnapshot snapshot) {
    Held now = held.get(snapshot.partition());
    if (now == null || now.epoch != snapshot.epoch()) {
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
    if (now == null || now.epoch != change.epoch() || !now.ready) {
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
          if (one.ready && clock > one.watermark) {
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
    record Event(Revision revision, long nominal) {}
    List<Event> events = new ArrayList<>();
    for (Revision revision : one.revisions.values()) {
      Occurrences times = revision.times();
      long after = revision.owesAfter(one.watermark, one.applied);
      long upTo = Math.min(clock, revision.validTo());
      long skipTo =
          Math.min(upTo, clock - revision.catchUp().windowMicros() - 2 * CoreDriver.SECOND);
      long skipped = times.count(after, skipTo);
      if (skipped > 0) {
        long first = times.nextAfter(after);
        long last = first;
        for (long t = first; t <= skipTo; t = times.nextAfter(t)) {
          last = t;
        }
        part.skip(revision, first, last, skipped);
        after = last;
      }
      for (long t = times.nextAfter(after); t <= upTo; t = times.nextAfter(t)) {
        events.add(new Event(revision, t));
      }
    }
    events.sort(
        Comparator.comparingLong(Event::nominal)
            .thenComparingLong(event -> event.revision.schedule()));
    events.forEach(event -> part.event(event.revision, event.nominal));
    one.revisions.values().removeIf(revision -> revision.validTo() <= clock);
    one.watermark = clock;
    one.applied = one.mark;
    if (one.release) {
      part.last();
      one.ready = false;
    }
    return part.build();
  }
}
