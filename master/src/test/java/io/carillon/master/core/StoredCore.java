package io.carillon.master.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A core on a {@link MemoryStore}: its writes end at once, or when the test says so; whatever else
 * it wants is kept to be looked at.
 */
abstract class StoredCore {

  static final long T0 = 1_800_000_000_000_000L;
  static final long TICK = 20_000;

  final CoreSettings settings;
  final MemoryStore store;
  MasterCore core;
  long now = T0;

  /** How long the next core takes until it answers nodes. */
  long loadTime;

  boolean holdFires;
  boolean holdMutations;
  boolean holdNodes;
  CommitPlan heldCommit;
  List<OwnerChange> heldOwners;
  List<PlannedGroup> heldMutations;
  final ArrayDeque<NodeRow> heldNodes = new ArrayDeque<>();

  /** Why the store refuses a group; null if it does not. */
  Function<PlannedGroup, String> rejection = group -> null;

  /** Which partitions of a commit the store finds at fault; empty: it takes the commit. */
  Function<CommitPlan, SortedMap<Integer, String>> faults = plan -> new TreeMap<>();

  /** Everything but writes and answers, in order. */
  final List<MasterCommand> sent = new ArrayList<>();

  final List<CoreEvent> events = new ArrayList<>();

  /** Whether the next commit is gathered while one is under way: nothing may depend on it. */
  boolean takesAhead = true;

  StoredCore(int partitions, CoreSettings settings) {
    this.settings = settings;
    this.store = new MemoryStore(partitions, now);
  }

  /** The core is gone with all that it knew; a new one begins with what is committed. */
  void restartMaster() {
    heldCommit = null;
    heldOwners = null;
    heldMutations = null;
    heldNodes.clear();
    core = store.restore(settings);
    while (loadTime > 0) {
      // The new core is there, and no node reaches it yet.
      now += TICK;
      loadTime -= TICK;
      core.tick(now);
    }
    core.answersNodes(now);
  }

  /** Executes what the core wants until it wants nothing more. */
  void settle() {
    for (int rounds = 0; ; rounds++) {
      List<MasterCommand> commands = core.drain();
      if (takesAhead) {
        core.takeAhead(now);
      }
      if (commands.isEmpty()) {
        return;
      }
      if (rounds > 1_000) {
        fail("the core does not come to rest: " + commands);
      }
      commands.forEach(this::execute);
    }
  }

  private void execute(MasterCommand command) {
    if (command instanceof MasterCommand.CommitFires commit) {
      assertEquals(null, heldCommit, "two writes on the fire lane");
      assertEquals(null, heldOwners, "two writes on the fire lane");
      heldCommit = commit.plan();
      endIf(!holdFires);
    } else if (command instanceof MasterCommand.WriteAssignment change) {
      assertEquals(null, heldCommit, "two writes on the fire lane");
      assertEquals(null, heldOwners, "two writes on the fire lane");
      heldOwners = change.changes();
      endIf(!holdFires);
    } else if (command instanceof MasterCommand.WriteMutations mutations) {
      assertEquals(null, heldMutations, "two writes on the schedule lane");
      heldMutations = mutations.groups();
      if (!holdMutations) {
        endMutations();
      }
    } else if (command instanceof MasterCommand.WriteNode write) {
      heldNodes.add(write.row());
      if (!holdNodes) {
        endNodes();
      }
    } else if (command instanceof MasterCommand.Answer<?> answer) {
      answer.deliver();
    } else if (command instanceof MasterCommand.Announce announce) {
      events.add(announce.event());
    } else {
      sent.add(command);
    }
  }

  private void endIf(boolean end) {
    if (end) {
      endFires();
    }
  }

  /** Ends the write that the fire lane waits for. */
  void endFires() {
    if (heldCommit != null) {
      CommitPlan plan = heldCommit;
      heldCommit = null;
      SortedMap<Integer, String> found = faults.apply(plan);
      if (!found.isEmpty()) {
        core.commitRefused(found, now);
        return;
      }
      store.commit(plan, now);
      core.commitEnded(1, now);
    } else if (heldOwners != null) {
      List<OwnerChange> changes = heldOwners;
      heldOwners = null;
      store.changeOwners(changes);
      core.assignmentEnded(now);
    }
  }

  /** Ends the write that the schedule lane waits for. */
  void endMutations() {
    List<String> outcomes = new ArrayList<>();
    for (PlannedGroup group : heldMutations) {
      String reason = rejection.apply(group);
      outcomes.add(reason);
      if (reason == null) {
        store.mutate(group);
      }
    }
    heldMutations = null;
    core.mutationsEnded(outcomes, now);
  }

  void endNodes() {
    for (NodeRow row; (row = heldNodes.poll()) != null; ) {
      store.writeNode(row);
      core.nodeWritten(row, now);
    }
  }
}
