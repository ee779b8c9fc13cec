package io.carillon.master.core;

import io.carillon.common.fire.SkipReason;
import io.carillon.master.core.CommitPlan.Repaired;
import io.carillon.master.core.MasterCommand.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Times that the ledger lacks though they are owed and settled, and that no commit has taken yet.
 * They are recorded late, under the key that each would have had, so never twice.
 *
 * <p>No clock node can record such a time any more: it is due by the watermark, for an applied
 * version. So only another repair could, and one is under way at a time; who asks has looked at the
 * ledger after the one before was durable, or after a takeover, which waits for it.
 */
final class Repairs {

  /** So that what is due does not wait long for what is late already. */
  static final int PER_COMMIT = 1_000;

  private static final long DAY = 86_400_000_000L;

  private final PartitionState[] partitions;
  private List<MissedTimes> missed = List.of();
  private Reply<MissedTimes.Result> reply;

  /** The next to take: of {@code missed} the first so many are taken, and of the next so many. */
  private int takenLists;

  private int takenTimes;
  private int total;
  private int recorded;
  private int skipped;

  /** Some of them were let go of. */
  private boolean dropped;

  Repairs(PartitionState[] partitions) {
    this.partitions = partitions;
  }

  /** Whether there is nothing to take. */
  boolean isEmpty() {
    return takenLists == missed.size();
  }

  /**
   * Takes times to be made up for, but for what is not owed, or answers why it takes none.
   *
   * @return what it took, of which {@code whenDone} hears the end
   */
  List<MissedTimes> add(
      List<MissedTimes> times, Reply<MissedTimes.Result> whenDone, List<MasterCommand> out) {
    String refusal = begin(times, whenDone);
    if (!refusal.isEmpty()) {
      out.add(new Answer<>(whenDone, new MissedTimes.Result(0, 0, refusal)));
      return List.of();
    }
    return missed;
  }

  /** Why it takes none; empty if it took some. */
  private String begin(List<MissedTimes> times, Reply<MissedTimes.Result> whenDone) {
    if (reply != null) {
      return MissedTimes.Result.BUSY;
    }
    List<MissedTimes> owed = new ArrayList<>();
    for (MissedTimes one : times) {
      String refusal = refusal(one);
      if (refusal.equals(MissedTimes.Result.UNSETTLED)) {
        return refusal;
      }
      if (refusal.isEmpty()) {
        owed.add(one);
      }
    }
    if (owed.isEmpty()) {
      return MissedTimes.Result.NOT_OWED;
    }
    missed = owed;
    reply = whenDone;
    takenLists = 0;
    takenTimes = 0;
    total = owed.stream().mapToInt(one -> one.nominals().length).sum();
    recorded = 0;
    skipped = 0;
    dropped = false;
    return "";
  }

  /** Empty if there is no reason. What the core knows of a revision goes before what is said. */
  private String refusal(MissedTimes one) {
    Revision said = one.revision();
    PartitionState partition = partitions[one.partition()];
    if (partition.quarantine != null) {
      return MissedTimes.Result.NOT_OWED;
    }
    ScheduleEntry entry = partition.entry(said.schedule());
    Revision known = entry == null ? null : entry.revision(said.version());
    if (known == null && said.validTo() == Revision.OPEN) {
      // It ended after that look, and is forgotten: only another look tells where.
      return MissedTimes.Result.UNSETTLED;
    }
    Revision revision = known == null ? said : known;
    long before = revision.nominalAfter();
    for (long nominal : one.nominals()) {
      if (nominal <= before || !revision.times().matches(nominal)) {
        return MissedTimes.Result.NOT_OWED;
      }
      before = nominal;
      long due = revision.times().dueOf(revision.schedule(), nominal);
      if (due <= revision.validFrom() || due > revision.validTo()) {
        return MissedTimes.Result.NOT_OWED;
      }
      // A mutation that is being written may have ended the revision before it was due.
      boolean isCut = known != null && known == entry.open && due > entry.cut;
      if (isCut || due > partition.watermark || revision.version() > partition.applied) {
        return MissedTimes.Result.UNSETTLED;
      }
    }
    return "";
  }

  /**
   * Puts what there is room for into a commit: as the catch-up says of times that are reached now.
   *
   * @param taken gets the keys
   */
  void take(FireColumns fires, int room, List<Repaired> taken, long now) {
    int left = Math.min(room, PER_COMMIT);
    int days = 0;
    long day = Long.MIN_VALUE;
    for (; takenLists < missed.size(); takenLists++, takenTimes = 0) {
      MissedTimes one = missed.get(takenLists);
      for (; takenTimes < one.nominals().length; takenTimes++) {
        long nominal = one.nominals()[takenTimes];
        boolean newDay = Math.floorDiv(nominal, DAY) != day;
        if (left <= 0 || newDay && days == AskedFires.DAYS_PER_COMMIT) {
          return;
        }
        left--;
        days += newDay ? 1 : 0;
        day = Math.floorDiv(nominal, DAY);
        taken.add(append(fires, one, nominal, now));
      }
    }
  }

  private Repaired append(FireColumns fires, MissedTimes one, long nominal, long now) {
    Revision revision = one.revision();
    PartitionState partition = partitions[one.partition()];
    int row =
        fires.append(
            nominal, revision.schedule(), revision.version(), partition.id, partition.epoch);
    fires.destination[row] = revision.destination();
    SkipReason reason = SkipChecks.ofReachedNow(revision, nominal, now);
    if (reason != SkipReason.NONE) {
      fires.skippedCount[row] = 1;
      fires.skipReason[row] = reason.code();
    }
    return new Repaired(partition.id, revision.schedule(), nominal, reason != SkipReason.NONE);
  }

  /** A commit is durable. */
  void recorded(CommitPlan plan, List<MasterCommand> out) {
    recorded += plan.repaired().size();
    skipped += (int) plan.repaired().stream().filter(Repaired::skipped).count();
    answerIfDone(out);
  }

  /**
   * Lets go of what is of partitions that have been set aside: of a refused commit, and waiting.
   * Who asked looks at the ledger again.
   */
  void drop(CommitPlan refused, Set<Integer> aside, List<MasterCommand> out) {
    int before = total;
    total -=
        (int) refused.repaired().stream().filter(one -> aside.contains(one.partition())).count();
    List<MissedTimes> left = new ArrayList<>();
    int takenLeft = 0;
    for (int i = 0; i < missed.size(); i++) {
      MissedTimes one = missed.get(i);
      if (!aside.contains(one.partition())) {
        left.add(one);
        takenLeft += i < takenLists ? 1 : 0;
      } else if (i >= takenLists) {
        total -= one.nominals().length - (i == takenLists ? takenTimes : 0);
        takenTimes = i == takenLists ? 0 : takenTimes;
      }
    }
    missed = left;
    takenLists = takenLeft;
    dropped |= total < before;
    answerIfDone(out);
  }

  private void answerIfDone(List<MasterCommand> out) {
    if (reply != null && recorded == total) {
      String refusal = dropped ? MissedTimes.Result.UNSETTLED : "";
      out.add(new Answer<>(reply, new MissedTimes.Result(total - skipped, skipped, refusal)));
      reply = null;
      missed = List.of();
      takenLists = 0;
    }
  }
}
