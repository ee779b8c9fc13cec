package io.carillon.master.store.fires;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.WriteTries.Next;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.fires.Lane.Outcome;
import io.carillon.master.store.schedules.ScheduleStore;
import io.carillon.master.store.schedules.ScheduleStore.RejectedWriteException;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.StoreMismatchException;
import io.carillon.master.store.sql.WriteFault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the writes of the core on two lanes until their outcome is known. What PostgreSQL
 * refuses for the sake of what is in it is not tried again: the one mutation is refused, the one
 * registration, and on the fire lane the core hears which partitions are at fault.
 */
public final class Lanes implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Lanes.class);
  private static final long END_SECONDS = 2;

  /** A refused commit of which no part is refused by itself is tried again so often. */
  private static final int UNEXPLAINED_REFUSALS = 3;

  /** Hears how writes end. Called from the lanes' threads. */
  public interface Listener {
    void committed(int attempts);

    /** Nothing of the commit happened: for each partition at fault, what stands in the way. */
    void commitRefused(SortedMap<Integer, String> faults);

    void ownersChanged();

    /** No owner was changed: for each partition at fault, what is stored of it. */
    void ownersRefused(SortedMap<Integer, String> faults);

    /** For each group null if it is durable, else why it was refused. */
    void mutated(List<String> rejected);

    void nodeWritten(NodeRow row);

    /** The row cannot be stored, and why. */
    void nodeRefused(NodeRow row, String reason);

    /** The store began or ceased to answer. */
    void available(boolean available);

    /** This master must not go on: what is stored is not what it believes. */
    void fatal(String reason);

    /** A lane is broken, whatever is stored. */
    void broken(Throwable bug);
  }

  private final FireStore fires;
  private final ScheduleStore schedules;
  private final ClusterStore cluster;
  private final long leaderEpoch;
  private final Listener listener;
  private final Lane fireLane;
  private final Lane scheduleLane;

  public Lanes(Database database, long leaderEpoch, Listener listener) {
    this.fires = new FireStore(database, leaderEpoch);
    this.schedules = new ScheduleStore(database, leaderEpoch);
    this.cluster = new ClusterStore(database);
    this.leaderEpoch = leaderEpoch;
    this.listener = listener;
    Lane.Listener troubles =
        new Lane.Listener() {
          @Override
          public void available(boolean available) {
            listener.available(available);
          }

          @Override
          public void fatal(String reason) {
            listener.fatal(reason);
          }

          @Override
          public void broken(Throwable bug) {
            listener.broken(bug);
          }
        };
    this.fireLane = new Lane("carillon-fire-lane", troubles);
    this.scheduleLane = new Lane("carillon-schedule-lane", troubles);
  }

  /** The lane that stands still for longer than this; null if none does. */
  public String standsStill(long micros) {
    for (Lane lane : List.of(fireLane, scheduleLane)) {
      if (lane.standstillNanos() / 1_000 > micros) {
        return lane.name();
      }
    }
    return null;
  }

  public void commit(CommitPlan plan) {
    fireLane.execute(() -> commit(plan, 1));
  }

  private void commit(CommitPlan plan, int refusals) {
    Outcome outcome = fireLane.persist(() -> fires.commit(plan), () -> fires.isCommitted(plan));
    if (outcome.next() == Next.DONE) {
      listener.committed(outcome.attempts());
    } else if (outcome.next() == Next.REJECTED) {
      refused(plan, outcome.refusal(), refusals);
    }
  }

  /** Finds which partitions are at fault. */
  private void refused(CommitPlan plan, Exception refusal, int refusals) {
    if (WriteFault.of(refusal) == WriteFault.STATEMENT) {
      // Of no partition's making: another leader may do better, on another machine or schema.
      listener.broken(refusal);
      return;
    }
    TreeMap<Integer, String> faults = new TreeMap<>();
    Outcome looked = fireLane.persist(() -> faults.putAll(fires.faults(plan)), () -> false);
    if (looked.next() == Next.OVER) {
      return;
    }
    if (!faults.isEmpty()) {
      listener.commitRefused(faults);
    } else if (refusals < UNEXPLAINED_REFUSALS) {
      log.warn("a commit was refused for what is gone already: {}", WriteFault.text(refusal));
      commit(plan, refusals + 1);
    } else {
      log.error("the store refuses a commit that nothing explains", refusal);
      listener.broken(refusal);
    }
  }

  public void changeOwners(List<OwnerChange> changes) {
    fireLane.execute(
        () -> {
          Outcome outcome = fireLane.persist(() -> fires.changeOwners(changes), () -> false);
          if (outcome.next() == Next.DONE) {
            listener.ownersChanged();
          } else if (outcome.refusal() instanceof StoreMismatchException mismatch) {
            listener.ownersRefused(mismatch.partitions());
          } else if (outcome.next() == Next.REJECTED) {
            listener.broken(outcome.refusal());
          }
        });
  }

  public void writeNode(NodeRow row) {
    scheduleLane.execute(
        () -> {
          Outcome outcome =
              scheduleLane.persist(() -> cluster.writeNode(row, leaderEpoch), () -> false);
          if (outcome.next() == Next.DONE) {
            listener.nodeWritten(row);
          } else if (outcome.next() == Next.REJECTED) {
            listener.nodeRefused(row, WriteFault.text(outcome.refusal()));
          }
        });
  }

  public void mutate(List<PlannedGroup> groups) {
    scheduleLane.execute(
        () -> {
          List<String> rejected = write(groups);
          if (rejected != null) {
            listener.mutated(rejected);
          }
        });
  }

  /**
   * A write that the store may refuse for the sake of some groups: then the others are written
   * without them, or each by itself if it is not known which.
   *
   * @return null if this master must stop or is being closed
   */
  private List<String> write(List<PlannedGroup> groups) {
    RejectedWriteException[] rejection = new RejectedWriteException[1];
    Outcome outcome =
        scheduleLane.persist(
            () -> tryToWrite(groups, rejection), () -> schedules.isWritten(groups.get(0)));
    if (outcome.next() == Next.DONE) {
      return new ArrayList<>(Collections.nCopies(groups.size(), null));
    }
    if (outcome.next() == Next.OVER) {
      return null;
    }
    String reason = rejection[0].getMessage();
    if (groups.size() == 1) {
      return new ArrayList<>(List.of(reason));
    }
    Set<PlannedGroup> refused = rejection[0].reasons();
    return refused.isEmpty() ? writeEach(groups) : writeOthers(groups, refused, reason);
  }

  private List<String> writeEach(List<PlannedGroup> groups) {
    List<String> outcomes = new ArrayList<>();
    for (PlannedGroup group : groups) {
      List<String> single = write(List.of(group));
      if (single == null) {
        return null;
      }
      outcomes.add(single.get(0));
    }
    return outcomes;
  }

  private List<String> writeOthers(
      List<PlannedGroup> groups, Set<PlannedGroup> refused, String reason) {
    List<PlannedGroup> others = groups.stream().filter(group -> !refused.contains(group)).toList();
    List<String> written = others.isEmpty() ? List.of() : write(others);
    if (written == null) {
      return null;
    }
    Iterator<String> next = written.iterator();
    List<String> outcomes = new ArrayList<>();
    for (PlannedGroup group : groups) {
      outcomes.add(refused.contains(group) ? reason : next.next());
    }
    return outcomes;
  }

  private void tryToWrite(List<PlannedGroup> groups, RejectedWriteException[] rejection) {
    try {
      schedules.write(groups);
    } catch (RejectedWriteException e) {
      rejection[0] = e;
      throw e;
    } catch (RuntimeException e) {
      String reason = ScheduleStore.rejection(e);
      if (reason == null) {
        throw e;
      }
      rejection[0] = new RejectedWriteException(reason);
      throw rejection[0];
    }
  }

  /** Waits for the writes under way, for a while. */
  @Override
  public void close() {
    fireLane.shutDown();
    scheduleLane.shutDown();
    try {
      if (fireLane.awaitEnd(END_SECONDS)) {
        scheduleLane.awaitEnd(END_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    fireLane.giveUp();
    scheduleLane.giveUp();
  }
}
