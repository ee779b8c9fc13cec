package io.carillon.master.store;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the writes of the core, on one thread for each lane, until their outcome is known.
 *
 * <p>A write that PostgreSQL did not answer may have happened. It is tried again as it is: the
 * fence, the compare-and-set and the keys let it happen once only, and a refusal then means to look
 * whether an earlier try is the reason. While PostgreSQL is away the lanes wait here, and with them
 * all that follows.
 */
public final class Lanes implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Lanes.class);
  private static final long FIRST_PAUSE_MS = 20;
  private static final long LONGEST_PAUSE_MS = 500;

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
          int attempts = persist(() -> fires.commit(plan), () -> fires.isCommitted(plan));
          if (attempts > 0) {
            listener.committed(attempts);
          }
        });
  }

  public void changeOwners(List<OwnerChange> changes) {
    fireLane.execute(
        () -> {
          if (persist(() -> fires.changeOwners(changes), () -> false) > 0) {
            listener.ownersChanged();
          }
        });
  }

  public void writeNode(NodeRow row) {
    scheduleLane.execute(
        () -> {
          if (persist(() -> cluster.writeNode(row, leaderEpoch), () -> false) > 0) {
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
   * A write that the store may refuse for the sake of one group: then each is written by itself.
   */
  private List<String> write(List<PlannedGroup> groups) {
    String[] rejection = new String[1];
    int attempts =
        persist(() -> rejection[0] = tryToWrite(groups), () -> schedules.isWritten(groups.get(0)));
    if (attempts == 0) {
      return null;
    }
    if (rejection[0] == null) {
      return new ArrayList<>(Collections.nCopies(groups.size(), null));
    }
    // A refusal after a try without an answer may come from that try having happened.
    if (attempts > 1) {
      boolean[] written = new boolean[1];
      if (persist(() -> written[0] = schedules.isWritten(groups.get(0)), () -> false) == 0) {
        return null;
      }
      if (written[0]) {
        return new ArrayList<>(Collections.nCopies(groups.size(), null));
      }
    }
    if (groups.size() == 1) {
      return new ArrayList<>(List.of(rejection[0]));
    }
    List<String> outcomes = new ArrayList<>();
    for (PlannedGroup group : groups) {
      List<String> outcome = write(List.of(group));
      if (outcome == null) {
        return null;
      }
      outcomes.add(outcome.get(0));
    }
    return outcomes;
  }

  private String tryToWrite(List<PlannedGroup> groups) {
    try {
      schedules.write(groups);
      return null;
    } catch (RuntimeException e) {
      String rejection = ScheduleStore.rejection(e);
      if (rejection == null) {
        throw e;
      }
      return rejection;
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

  /**
   * Tries until the write is durable.
   *
   * @return how often it tried; 0 if this master must stop or is being closed
   */
  private int persist(Write write, Check check) {
    long pause = FIRST_PAUSE_MS;
    for (int attempt = 1; !closed; attempt++) {
      try {
        write.run();
        if (attempt > 1) {
          log.info("the store answers again, after {} tries", attempt);
          listener.available(true);
        }
        return attempt;
      } catch (Exception e) {
        if (isFatal(e)) {
          listener.fatal(e.getMessage());
          return 0;
        }
        WriteFault fault = WriteFault.of(e);
        if (fault == WriteFault.DEPOSED) {
          listener.fatal("another master took the lead: " + e.getMessage());
          return 0;
        }
        if (fault != WriteFault.UNKNOWN) {
          return refused(attempt, e, check);
        }
        if (attempt == 1) {
          log.warn("the store does not answer, trying again: {}", e.toString());
          listener.available(false);
        }
        pause(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    }
    return 0;
  }

  private static boolean isFatal(Exception e) {
    return e instanceof StoreMismatchException || e instanceof DeposedException;
  }

  /** The store refused what only an earlier try of the same write can explain. */
  private int refused(int attempt, Exception refusal, Check check) {
    boolean[] done = new boolean[1];
    if (persist(() -> done[0] = check.isDone(), () -> false) == 0) {
      return 0;
    }
    if (done[0]) {
      listener.available(true);
      return attempt;
    }
    log.error("the store refuses a write that nothing explains", refusal);
    listener.fatal("the store is not as this master believes: " + refusal.getMessage());
    return 0;
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
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
