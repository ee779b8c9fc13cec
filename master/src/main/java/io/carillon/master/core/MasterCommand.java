package io.carillon.master.core;

import io.carillon.master.core.Mutation.PlannedGroup;
import java.util.List;

/**
 * What the core wants done. The shell does it, and tells the core of the outcome where there is
 * one.
 */
public sealed interface MasterCommand {
  /** Takes one of each kind: who is to take them all does not compile without one of them. */
  interface Handler {
    void on(CommitFires command);

    void on(WriteAssignment command);

    void on(WriteMutations command);

    void on(WriteNode command);

    void on(Answer<?> command);

    void on(SendAssignment command);

    void on(SendSnapshot command);

    void on(SendChange command);

    void on(RefuseWatch command);

    void on(Acknowledge command);

    void on(EndSession command);

    void on(Publish command);

    void on(Announce command);
  }

  void accept(Handler handler);

  /** Write on the fire lane; ends with {@link MasterCore#commitEnded}. One at a time. */
  record CommitFires(CommitPlan plan) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Write on the fire lane; ends with {@link MasterCore#assignmentEnded}. One at a time. */
  record WriteAssignment(List<OwnerChange> changes) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Write on the schedule lane; ends with {@link MasterCore#mutationsEnded}. One at a time. */
  record WriteMutations(List<PlannedGroup> groups) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /**
   * Write on the schedule lane; {@link MasterCore#nodeWritten} hears of the end. A row that is
   * FORGOTTEN is deleted.
   */
  record WriteNode(NodeRow row) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Call {@code reply} with {@code value}. */
  record Answer<T>(Reply<T> reply, T value) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }

    public void deliver() {
      reply.with(value);
    }
  }

  /** What the node is to own, in full. */
  record SendAssignment(long session, List<Assigned> partitions, boolean released)
      implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** A snapshot of a partition, under the epoch that the node asked for it with. */
  record SendSnapshot(
      long session,
      int partition,
      long epoch,
      long watermark,
      long applied,
      long version,
      List<Revision> revisions)
      implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** What mutations of one partition changed, under the epoch of the snapshot before. */
  record SendChange(
      long session,
      int partition,
      long epoch,
      long version,
      List<Revision> opened,
      List<Revision> closed)
      implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** The partition is not the node's under that epoch. */
  record RefuseWatch(long session, int partition, long epoch) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** All batches of the session up to this number are settled. */
  record Acknowledge(long session, long batch, List<Refusal> refusals) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Close the session's streams. */
  record EndSession(long session, boolean fenced, String reason) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Fires that are durable: hand them to delivery. */
  record Publish(FireColumns fires) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Tell those who watch the cluster, and the log. */
  record Announce(CoreEvent event) implements MasterCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** A partition changes hands. {@code newOwner} null: to nobody. */
  record OwnerChange(int partition, long expectedEpoch, String newOwner, String reason) {}

  /**
   * One partition in an assignment.
   *
   * @param standby another node owns it, and this one is to keep it loaded
   * @param watermark recorded up to here, for revisions up to {@code applied}
   */
  record Assigned(
      int partition, long epoch, boolean release, boolean standby, long watermark, long applied) {}

  /**
   * A node as it is stored.
   *
   * @param secretHash of what proves that a process is this node; empty: the next registration
   *     binds it
   */
  record NodeRow(
      String id,
      long incarnation,
      String instance,
      NodeState state,
      long stateTime,
      int weight,
      String location,
      String programVersion,
      String secretHash) {}
}
