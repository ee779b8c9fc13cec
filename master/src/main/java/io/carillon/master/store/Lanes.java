package io.carillon.master.store;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.WriteTries;
import io.carillon.master.core.WriteTries.Ending;
import io.carillon.master.core.WriteTries.Next;
import io.carillon.master.store.ScheduleStore.RejectedWriteException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the writes of the core, on one thread for each lane, until their outcome is known:
 * {@link WriteTries} decides what follows on each try. While PostgreSQL is away the lanes wait
 * here, and with them all that follows.
 */
public final class Lanes implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Lanes.class);

  /** Hears how writes end. Called from the lanes' threads. */
  public interface Listener {
    void committed(int attempts);

    void ownersChanged();

    /** For each group null if it is durable, else why it was refused. */
    void mutated(List<String> rejected);

    void nodeWritten(NodeRow row);

    /** The store began or ceased to answer. */
    void available(boolean available);

    /** This master must not go on. */
    void fatal(String reason);
  }

  private final FireStore fires;
  private final ScheduleStore schedules;
  private final ClusterStore cluster;
  private final long leaderEpoch;
  private final Listener listener;
  private final ExecutorService fireLane = lane("carillon-fire-lane");
  private final ExecutorService scheduleLane = lane("carillon-schedule-lane");
  private volatile boolean closed;

  public Lanes(Database database, long leaderEpoch, Listener listener) {
    this.fires = new FireStore(database, leaderEpoch);
    this.schedules = new ScheduleStore(database, leaderEpoch);
    this.cluster = new ClusterStore(database);
    this.leaderEpoch = leaderEpoch;
    this.listener = listener;
  }

  private static ExecutorService lane(String name) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  public void commit(CommitPlan plan) {
    fireLane.execute(
        () -> {
          Outcome outcome = persist(() -> fires.commit(plan), () -> fires.isCommitted(plan));
          if (outcome.next == Next.DONE) {
            listener.committed(outcome.attempts);
          }
        });
  }

  public void changeOwners(List<OwnerChange> changes) {
    fireLane.execute(
        () -> {
          if (persist(() -> fires.changeOwners(changes), () -> false).next == Next.DONE) {
            listener.ownersChanged();
          }
        });
  }

  public void writeNode(NodeRow row) {
    scheduleLane.execute(
        () -> {
          if (persist(() -> cluster.writeNode(row, leaderEpoch), () -> false).next == Next.DONE) {
            listener.nodeWritten(row);
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
        persist(() -> tryToWrite(groups, rejection), () -> schedules.isWritten(groups.get(0)));
    if (outcome.next == Next.DONE) {
      return new ArrayList<>(Collections.nCopies(groups.size(), null));
    }
    if (outcome.next == Next.OVER) {
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

  /** A write, one try. */
  private interface Write {
    void run() throws Exception;
  }

  /** Whether an earlier try happened. */
  private interface Check {
    boolean isDone();
  }

  /** How a write ended: DONE, REJECTED or OVER, and how often it was tried. */
  private record Outcome(Next next, int attempts) {}

  /** Tries until the outcome is known, as {@link WriteTries} decides. */
  private Outcome persist(Write write, Check check) {
    WriteTries tries = new WriteTries();
    boolean away = false;
    Exception last = null;
    Next next = Next.TRY_AGAIN;
    while (!closed) {
      if (next == Next.TRY_AGAIN) {
        last = attempt(write);
        next = tries.tried(ending(last));
      } else {
        Boolean found = read(check);
        next = found == null ? tries.readFailed() : tries.readBack(found);
      }
      boolean waits = next == Next.TRY_AGAIN || next == Next.READ_BACK_AGAIN;
      if (waits && !away) {
        away = true;
        log.warn("the store does not answer, trying again: {}", String.valueOf(last));
        listener.available(false);
      }
      if (next == Next.DONE || next == Next.REJECTED) {
        answersAgain(away, tries.attempts());
        return new Outcome(next, tries.attempts());
      }
      if (next == Next.OVER) {
        over(last);
        break;
      }
      if (waits) {
        pause(tries.pauseMicros());
      }
    }
    return new Outcome(Next.OVER, tries.attempts());
  }

  private static Exception attempt(Write write) {
    try {
      write.run();
      return null;
    } catch (Exception e) {
      return e;
    }
  }

  /** Null if the store does not answer. */
  private static Boolean read(Check check) {
    try {
      return check.isDone();
    } catch (RuntimeException e) {
      return null;
    }
  }

  private static Ending ending(Exception failure) {
    if (failure == null) {
      return Ending.COMMITTED;
    }
    if (failure instanceof StoreMismatchException) {
      return Ending.BROKEN;
    }
    if (failure instanceof DeposedException) {
      return Ending.STALE_EPOCH;
    }
    if (failure instanceof RejectedWriteException) {
      return Ending.REJECTED;
    }
    return switch (WriteFault.of(failure)) {
      case DEPOSED -> Ending.STALE_EPOCH;
      case MISMATCH, INTEGRITY -> Ending.MISMATCH;
      case UNKNOWN -> Ending.UNKNOWN;
    };
  }

  private void answersAgain(boolean wasAway, int attempts) {
    if (wasAway) {
      log.info("the store answers again, after {} tries", attempts);
      listener.available(true);
    }
  }

  private void over(Exception reason) {
    Ending ending = ending(reason);
    if (ending == Ending.STALE_EPOCH) {
      listener.fatal("another master took the lead: " + reason.getMessage());
    } else if (ending == Ending.BROKEN) {
      listener.fatal(reason.getMessage());
    } else {
      log.error("the store refuses a write that nothing explains", reason);
      listener.fatal("the store is not as this master believes: " + reason.getMessage());
    }
  }

  private static void pause(long micros) {
    try {
      TimeUnit.MICROSECONDS.sleep(micros);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the writes under way, for a while. */
  @Override
  public void close() {
    fireLane.shutdown();
    scheduleLane.shutdown();
    try {
      boolean ended =
          fireLane.awaitTermination(2, TimeUnit.SECONDS)
              && scheduleLane.awaitTermination(2, TimeUnit.SECONDS);
      closed = true;
      if (!ended) {
        fireLane.shutdownNow();
        scheduleLane.shutdownNow();
      }
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }
}
