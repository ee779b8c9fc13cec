package io.carillon.master.core;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.Mutation.Group;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.core.Mutation.Outcome;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.agrona.collections.LongHashSet;

/**
 * Gives mutations their versions and effective times, and gathers them into writes.
 *
 * <p>Effective time: {@code m = max(now, watermark)}. Until the write has ended, events of the
 * schedule after m wait in the fire lane ({@link ScheduleEntry#cut}): whichever way it ends, they
 * are decided by what is then true.
 */
final class ScheduleLane {

  /** Why an update is rejected whose single time has just passed. */
  public static final String NEVER_FIRES = "SCHEDULE_NEVER_FIRES";

  private static final int MAX_WAITING = 20_000;
  private static final int MAX_WRITE = 2_000;

  private final PartitionState[] partitions;
  private final Counters counters;
  private final ArrayDeque<Group> waiting = new ArrayDeque<>();
  private int waitingMutations;
  private List<PlannedGroup> writing = List.of();

  ScheduleLane(PartitionState[] partitions, Counters counters) {
    this.partitions = partitions;
    this.counters = counters;
  }

  void submit(Group group, List<MasterCommand> out) {
    if (waitingMutations + group.mutations().size() > MAX_WAITING) {
      answer(group, Outcome.OVERLOADED, "too many mutations are waiting", out);
      return;
    }
    waiting.add(group);
    waitingMutations += group.mutations().size();
  }

  /** The next write, empty if there is nothing to write. */
  List<PlannedGroup> gather(long now, List<MasterCommand> out) {
    List<PlannedGroup> groups = new ArrayList<>();
    LongHashSet touched = new LongHashSet();
    int size = 0;
    for (Iterator<Group> it = waiting.iterator(); it.hasNext() && size < MAX_WRITE; ) {
      Group group = it.next();
      if (touchesAny(group, touched)) {
        // One mutation of a schedule at a time: the next must see what this one does.
        continue;
      }
      it.remove();
      waitingMutations -= group.mutations().size();
      if (!versionsHold(group)) {
        answer(group, Outcome.VERSION_CONFLICT, "the schedule was changed meanwhile", out);
        continue;
      }
      if (missesItsTime(group, now)) {
        answer(group, Outcome.REJECTED, NEVER_FIRES, out);
        continue;
      }
      for (Mutation mutation : group.mutations()) {
        touched.add(mutation.schedule());
      }
      groups.add(plan(group, now));
      size += group.mutations().size();
    }
    writing = groups;
    return groups;
  }

  private static boolean touchesAny(Group group, LongHashSet schedules) {
    for (Mutation mutation : group.mutations()) {
      if (schedules.contains(mutation.schedule())) {
        return true;
      }
    }
    return false;
  }

  private boolean versionsHold(Group group) {
    for (Mutation mutation : group.mutations()) {
      ScheduleEntry entry = partitions[mutation.partition()].entry(mutation.schedule());
      long version = entry == null || entry.deleted ? 0 : entry.version;
      if (version != mutation.expectedVersion()) {
        return false;
      }
    }
    return true;
  }

  /**
   * A single time that passed between the client's call and now, and that a create could still open
   * before.
   */
  private boolean missesItsTime(Group group, long now) {
    for (Mutation mutation : group.mutations()) {
      Mutation.Content content = mutation.opens();
      if (content == null || mutation.expectedVersion() == 0) {
        continue;
      }
      long effective = Math.max(now, partitions[mutation.partition()].watermark);
      // What makes up for a pause still has the times of the pause.
      if (content.opensBefore() < Math.min(effective, from(content, effective))) {
        return true;
      }
    }
    return false;
  }

  private static long from(Mutation.Content content, long effective) {
    return content.validFrom() == Mutation.Content.EFFECTIVE ? effective : content.validFrom();
  }

  private PlannedGroup plan(Group group, long now) {
    List<Planned> planned = new ArrayList<>(group.mutations().size());
    for (Mutation mutation : group.mutations()) {
      PartitionState partition = partitions[mutation.partition()];
      long version = ++partition.version;
      long effective = Math.max(now, partition.watermark);
      ScheduleEntry entry = partition.entry(mutation.schedule());
      Revision closed = null;
      if (entry != null && entry.open != null) {
        closed = entry.open.closedAt(effective, version);
        entry.cut = effective;
      }
      Mutation.Content content = mutation.opens();
      if (content != null && mutation.expectedVersion() == 0) {
        effective = Math.min(effective, content.opensBefore());
      }
      Revision opened = content == null ? null : open(mutation, version, effective, entry, closed);
      planned.add(new Planned(mutation, version, effective, closed, opened));
    }
    return new PlannedGroup(group, planned);
  }

  private static Revision open(
      Mutation mutation, long version, long effective, ScheduleEntry entry, Revision closed) {
    Mutation.Content content = mutation.opens();
    // Two revisions never own one time, whatever the clocks of leaders and the client say.
    long validFrom = Math.max(from(content, effective), ownedUpTo(entry, closed));
    return new Revision(
        mutation.schedule(),
        version,
        validFrom,
        Revision.OPEN,
        0,
        content.spec(),
        content.times(),
        content.catchUp(),
        content.destination(),
        nominalAfter(content, validFrom, closed));
  }

  /** The latest end of the revisions that own something, as far as they are known here. */
  private static long ownedUpTo(ScheduleEntry entry, Revision closed) {
    long end = Long.MIN_VALUE;
    if (closed != null && closed.validTo() > closed.validFrom()) {
      end = closed.validTo();
    }
    if (entry != null) {
      for (Revision owing : entry.owing()) {
        end = Math.max(end, owing.validTo());
      }
    }
    return end;
  }

  /**
   * With jitter a time before the opening may be due after it. It belongs to the one that opens
   * unless the one before had it; where no jitter was before, all up to the opening were had.
   */
  private static long nominalAfter(Mutation.Content content, long validFrom, Revision closed) {
    if (content.times().jitterMicros() == 0) {
      return Long.MIN_VALUE;
    }
    return Math.min(validFrom, closed == null ? content.ownedUpTo() : closed.handsOn());
  }

  /**
   * Ends the write under way: answers the clients, and tells who watches.
   *
   * @param rejected for each group null if it is durable, else why it is not
   */
  void end(List<String> rejected, List<MasterCommand> out) {
    List<Planned> done = new ArrayList<>();
    for (int i = 0; i < writing.size(); i++) {
      PlannedGroup group = writing.get(i);
      String reason = rejected.get(i);
      for (Planned planned : group.planned()) {
        ScheduleEntry entry =
            partitions[planned.mutation().partition()].entry(planned.mutation().schedule());
        if (entry != null) {
          entry.cut = Revision.OPEN;
        }
      }
      if (reason != null) {
        answer(group.group(), Outcome.REJECTED, reason, out);
        continue;
      }
      for (Planned planned : group.planned()) {
        apply(planned);
        done.add(planned);
      }
      counters.add(Counter.MUTATIONS, group.planned().size());
      out.add(
          new MasterCommand.Answer<>(
              group.group().reply(), new GroupResult(Outcome.DONE, group.planned(), "")));
    }
    writing = List.of();
    tellWatchers(done, out);
  }

  /** Owner and standby of each partition hear of its changes at once, in the order of versions. */
  private void tellWatchers(List<Planned> done, List<MasterCommand> out) {
    TreeMap<Integer, List<Planned>> byPartition = new TreeMap<>();
    for (Planned planned : done) {
      byPartition
          .computeIfAbsent(planned.mutation().partition(), id -> new ArrayList<>())
          .add(planned);
    }
    byPartition.forEach(
        (id, changes) -> {
          PartitionState partition = partitions[id];
          if (partition.watches().isEmpty()) {
            return;
          }
          List<Revision> opened = new ArrayList<>();
          List<Revision> closed = new ArrayList<>();
          for (Planned planned : changes) {
            if (planned.closed() != null) {
              closed.add(planned.closed());
            }
            if (planned.opened() != null) {
              opened.add(planned.opened());
            }
          }
          for (PartitionState.Watch watch : partition.watches()) {
            out.add(
                new MasterCommand.SendChange(
                    watch.session(), id, watch.epoch(), partition.durableVersion, opened, closed));
          }
        });
  }

  private void apply(Planned planned) {
    PartitionState partition = partitions[planned.mutation().partition()];
    // Not a rejected version above it: the next leader would not know of that one, and give it out.
    partition.durableVersion = Math.max(partition.durableVersion, planned.version());
    ScheduleEntry entry = partition.entryOrNew(planned.mutation().schedule());
    entry.version = planned.version();
    entry.open = planned.opened();
    entry.deleted = planned.mutation().deletes();
    if (planned.closed() != null && planned.closed().owes(partition.watermark, partition.applied)) {
      partition.addClosed(entry, planned.closed());
    }
    if (entry.isForgettable()) {
      partition.forget(entry);
    }
  }

  private static void answer(Group group, Outcome outcome, String reason, List<MasterCommand> out) {
    out.add(new MasterCommand.Answer<>(group.reply(), new GroupResult(outcome, List.of(), reason)));
  }
}
