package io.carillon.master.core;

import io.carillon.common.ring.HashRing;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Announce;
import io.carillon.master.core.MasterCommand.Assigned;
import io.carillon.master.core.MasterCommand.OwnerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who owns which partition, and who should: brings the one to the other, partition by partition.
 *
 * <p>A partition of a living node moves in order: release, last batch recorded, next owner. That of
 * a lost node moves at once, and is safe because its epoch rises. Every change of owner is a write
 * on the fire lane, so it comes before or after any commit of that partition, never within.
 *
 * <p>The grace of the epoch before lies in the release: the owner's epoch stays valid until the
 * batch that it marked as its last is recorded, and only then is the next one written. So nothing
 * is lost if a message between is: an assignment that went astray comes with the first heartbeat of
 * the next session, a last batch whose acknowledgement did is settled as recorded before, and a
 * partition that was never released is taken once it has been the owner's turn for a while, and the
 * owner's epoch ends without it. Whatever was not recorded under the old epoch is above the
 * watermark, and so the next owner's.
 *
 * <p>A standby keeps a partition loaded and is the one whom the ring would give it if the owner
 * were gone. It is changed only while the partition is where it should be, so that the standby of a
 * lost owner is told to own what it has loaded, and not first to forget it.
 */
final class Assignments {

  private final CoreSettings settings;
  private final PartitionState[] partitions;
  private final Map<String, Node> nodes;
  private final Standstill standstill;
  private final Counters counters;

  /** What the ring says; null where there is no member. */
  private String[] targets;

  /** Whom the ring would choose without the target; null where there is nobody. */
  private String[] standbys;

  /** Changes of owner to be written, by partition. */
  private final TreeMap<Integer, OwnerChange> wanted = new TreeMap<>();

  private List<OwnerChange> writing = List.of();

  Assignments(
      CoreSettings settings,
      PartitionState[] partitions,
      Map<String, Node> nodes,
      Standstill standstill,
      Counters counters) {
    this.settings = settings;
    this.standstill = standstill;
    this.partitions = partitions;
    this.nodes = nodes;
    this.counters = counters;
    this.targets = new String[partitions.length];
    this.standbys = new String[partitions.length];
  }

  /** Computes the targets anew and begins what leads there. Call after any change of members. */
  void rebalance(List<MasterCommand> out) {
    List<HashRing.Member> members = new ArrayList<>();
    for (Node node : nodes.values()) {
      if (node.isMember()) {
        members.add(new HashRing.Member(node.id, node.weight));
      }
    }
    targets = HashRing.place(members, partitions.length);
    if (settings.warmStandby()) {
      standbys = HashRing.placeWithoutOwner(members, targets);
    }
    proceed(out);
    for (String id : chooseStandbys()) {
      tell(id, out);
    }
  }

  /** Gives each partition that is where it should be its standby; answers whom that concerns. */
  private TreeSet<String> chooseStandbys() {
    TreeSet<String> concerned = new TreeSet<>();
    for (PartitionState partition : partitions) {
      String next = standbys[partition.id];
      boolean settled =
          partition.owner != null
              && partition.owner.equals(targets[partition.id])
              && !wanted.containsKey(partition.id)
              && !isBeingWritten(partition.id);
      if (settled && !Objects.equals(next, partition.standby)) {
        if (partition.standby != null) {
          concerned.add(partition.standby);
        }
        if (next != null) {
          concerned.add(next);
        }
        partition.standby = next;
        partition.standbyWatch = null;
      }
    }
    return concerned;
  }

  private void tell(String id, List<MasterCommand> out) {
    Node node = nodes.get(id);
    if (node != null) {
      send(node, out);
    }
  }

  /** Takes the next steps towards the targets. */
  void proceed(List<MasterCommand> out) {
    TreeSet<String> asked = new TreeSet<>();
    for (PartitionState partition : partitions) {
      if (isBeingWritten(partition.id) || partition.quarantine != null) {
        continue;
      }
      String target = targets[partition.id];
      Node owner = partition.owner == null ? null : nodes.get(partition.owner);
      if (partition.owner == null) {
        want(partition, target, "had no owner");
      } else if (owner != null && owner.state == NodeState.REGISTERED) {
        // It has just begun, and takes back what it had: its first heartbeat or its end decides.
        continue;
      } else if (owner == null || !owner.isAlive()) {
        want(partition, target, "node lost");
      } else if (partition.releasing) {
        if (standstill.holds(partition)) {
          change(partition, target, "was not released in time");
        }
      } else if (target != null && !partition.owner.equals(target) && standstill.holds(partition)) {
        change(partition, target, "stood still");
      } else if (!partition.owner.equals(target) && mayMove(partition, owner, target)) {
        partition.releasing = true;
        partition.stalled = 0;
        owner.releasing++;
        asked.add(owner.id);
      }
    }
    for (String node : asked) {
      send(nodes.get(node), out);
    }
  }

  /** One that is being loaded cannot be released, and that would take longer than it may. */
  private boolean mayMove(PartitionState partition, Node owner, String target) {
    if (owner.state == NodeState.SUSPECT
        || owner.releasing >= settings.movesAtOnce()
        || partition.loading && !owner.draining) {
      return false;
    }
    return target == null ? owner.draining : nodes.get(target).state == NodeState.ACTIVE;
  }

  private void want(PartitionState partition, String target, String reason) {
    if (target == null) {
      wanted.remove(partition.id);
    } else {
      change(partition, target, reason);
    }
  }

  private void change(PartitionState partition, String newOwner, String reason) {
    wanted.put(partition.id, new OwnerChange(partition.id, partition.epoch, newOwner, reason));
  }

  /** A new incarnation of a node takes the partitions of the one before at once. */
  void reown(Node node) {
    for (PartitionState partition : partitions) {
      // One that is being written gets an epoch that no earlier incarnation has heard of.
      if (node.id.equals(partition.owner) && !isBeingWritten(partition.id)) {
        change(partition, node.id, "node restarted");
      }
    }
  }

  /** The last batch of partitions that were to be released is recorded. */
  void released(List<PartitionState> released, List<MasterCommand> out) {
    if (!released.isEmpty()) {
      released.forEach(this::released);
      proceed(out);
    }
  }

  private void released(PartitionState partition) {
    if (!partition.releasing) {
      return;
    }
    Node owner = nodes.get(partition.owner);
    owner.releasing--;
    partition.releasing = false;
    partition.watch = null;
    change(partition, targets[partition.id], owner.draining ? "node drains" : "rebalanced");
  }

  /** A partition is nobody's, under the same epoch, until it is repaired. */
  void setAside(PartitionState partition, List<MasterCommand> out) {
    wanted.remove(partition.id);
    Node owner = partition.owner == null ? null : nodes.get(partition.owner);
    if (partition.releasing) {
      owner.releasing--;
      partition.releasing = false;
    }
    partition.owner = null;
    partition.watch = null;
    if (owner != null) {
      send(owner, out);
    }
  }

  /**
   * The changes of {@link #gather} were refused for the sake of some: the others are to be tried.
   */
  void refused(Set<Integer> faulty) {
    for (OwnerChange change : writing) {
      if (!faulty.contains(change.partition())) {
        wanted.putIfAbsent(change.partition(), change);
      }
    }
    writing = List.of();
  }

  private boolean isBeingWritten(int partition) {
    for (OwnerChange change : writing) {
      if (change.partition() == partition) {
        return true;
      }
    }
    return false;
  }

  /** Whether there are changes to write. */
  boolean isPending() {
    return !wanted.isEmpty();
  }

  /** The changes to write now, empty if there are none; ends with {@link #written}. */
  List<OwnerChange> gather() {
    writing = new ArrayList<>(wanted.values());
    wanted.clear();
    return writing;
  }

  /** The changes of {@link #gather} are durable. */
  List<PartitionState> written(long now, List<MasterCommand> out) {
    TreeSet<String> concerned = new TreeSet<>();
    TreeMap<String, CoreEvent.PartitionsMoved> moves = new TreeMap<>();
    List<PartitionState> changed = new ArrayList<>();
    for (OwnerChange change : writing) {
      PartitionState partition = partitions[change.partition()];
      String from = partition.owner;
      String to = change.newOwner();
      if (from != null) {
        concerned.add(from);
      }
      if (to != null) {
        concerned.add(to);
      }
      if (partition.releasing) {
        nodes.get(from).releasing--;
        partition.releasing = false;
      }
      Node next = to == null ? null : nodes.get(to);
      long session = next == null ? 0 : next.session;
      partition.pass(to, session, change.expectedEpoch() + 1);
      changed.add(partition);
      counters.add(Counter.PARTITIONS_MOVED);
      moves
          .computeIfAbsent(
              from + ">" + to + ">" + change.reason(),
              key ->
                  new CoreEvent.PartitionsMoved(now, from, to, new ArrayList<>(), change.reason()))
          .partitions()
          .add(partition.id);
    }
    writing = List.of();
    for (CoreEvent.PartitionsMoved move : moves.values()) {
      out.add(new Announce(move));
    }
    concerned.addAll(chooseStandbys());
    for (String id : concerned) {
      tell(id, out);
    }
    return changed;
  }

  /** Tells a node what it is to own, and to keep loaded. */
  void send(Node node, List<MasterCommand> out) {
    if (!node.beating) {
      return;
    }
    List<Assigned> assigned = new ArrayList<>();
    boolean ownsNothing = true;
    for (PartitionState p : partitions) {
      boolean owns = node.id.equals(p.owner);
      if (owns || node.id.equals(p.standby)) {
        assigned.add(
            new Assigned(p.id, p.epoch, owns && p.releasing, !owns, p.watermark, p.applied));
      }
      ownsNothing &= !owns;
    }
    out.add(new MasterCommand.SendAssignment(node.session, assigned, node.draining && ownsNothing));
  }

  boolean ownsNothing(Node node) {
    for (PartitionState partition : partitions) {
      if (node.id.equals(partition.owner)) {
        return false;
      }
    }
    return true;
  }
}
