package io.carillon.master.store.fires;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.write.LaneWrites;
import io.carillon.master.core.write.Outcomes;
import io.carillon.master.store.sql.Database;
import java.util.List;

/** Executes the writes of the core on two lanes, each until its outcome is known. */
public final class Lanes implements AutoCloseable {

  private static final long END_SECONDS = 2;

  /** Hears how writes end. Called from the lanes' threads. */
  public interface Listener extends Outcomes {
    /** The store began or ceased to answer. */
    void available(boolean available);

    /** This master must not go on: what is stored is not what it believes. */
    void fatal(String reason);

    /** A lane is broken, whatever is stored. */
    void broken(Throwable bug);
  }

  private final Lane fireLane;
  private final Lane scheduleLane;
  private final LaneWrites fireWrites;
  private final LaneWrites scheduleWrites;

  public Lanes(Database database, long leaderEpoch, Listener listener) {
    StoreCalls calls = new StoreCalls(database, leaderEpoch);
    this.fireLane = new Lane("carillon-fire-lane", calls, listener);
    this.scheduleLane = new Lane("carillon-schedule-lane", calls, listener);
    this.fireWrites = new LaneWrites(listener, fireLane);
    this.scheduleWrites = new LaneWrites(listener, scheduleLane);
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
    fireLane.execute(() -> fireWrites.commit(plan));
  }

  public void changeOwners(List<OwnerChange> changes) {
    fireLane.execute(() -> fireWrites.changeOwners(changes));
  }

  public void writeNode(NodeRow row) {
    scheduleLane.execute(() -> scheduleWrites.writeNode(row));
  }

  public void mutate(List<PlannedGroup> groups) {
    scheduleLane.execute(() -> scheduleWrites.mutate(groups));
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
