package io.carillon.master.api.schedule;

import com.google.rpc.Code;
import io.carillon.common.ring.HashRing;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.core.CommitPlan.BackfillFires;
import io.carillon.master.core.CommitPlan.BackfillResult;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.master.store.schedules.Schedules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Hands mutations to the core and waits for what became of them. */
public final class ScheduleWrites {

  private final LeaderLoop loop;
  private final Schedules schedules;
  private final int partitions;

  private long nextNum;
  private long blockEnd;

  public ScheduleWrites(LeaderLoop loop, Schedules schedules, int partitions) {
    this.loop = loop;
    this.schedules = schedules;
    this.partitions = partitions;
  }

  /** A number that no schedule had before. */
  long newNum() {
    return newNums(1);
  }

  /**
   * The first of so many numbers that follow each other and that no schedule had before.
   *
   * @param count at most {@link Schedules#NUM_BLOCK}
   */
  synchronized long newNums(int count) {
    if (blockEnd - nextNum < count) {
      nextNum = schedules.newNums();
      blockEnd = nextNum + Schedules.NUM_BLOCK;
    }
    long first = nextNum;
    nextNum += count;
    return first;
  }

  /** Why a fire beside the spec is refused whose partition is set aside. */
  static final String QUARANTINED = "PARTITION_QUARANTINED";

  int partitionOf(long num) {
    return HashRing.partitionOf(num, partitions);
  }

  /**
   * Does all or nothing.
   *
   * @return the schedules as they are then; null if one was changed meanwhile
   */
  List<StoredSchedule> run(List<Mutation> mutations) {
    return schedules(Calls.await(begin(mutations)));
  }

  /** What {@link #run} answers, or the refusal that it ends with. */
  static List<StoredSchedule> schedules(GroupResult outcome) {
    switch (outcome.outcome()) {
      case DONE:
        List<StoredSchedule> schedules = new ArrayList<>();
        outcome.planned().forEach(planned -> schedules.add(planned.result()));
        return schedules;
      case VERSION_CONFLICT:
        return null;
      case OVERLOADED:
        throw ApiException.of(
            Code.UNAVAILABLE, "OVERLOADED", outcome.reason() + ": try again later", Map.of());
      default:
        throw rejected(outcome.reason());
    }
  }

  /** Hands over what is to happen all or not at all, and does not wait. */
  public CompletableFuture<GroupResult> begin(List<Mutation> mutations) {
    CompletableFuture<GroupResult> result = new CompletableFuture<>();
    loop.submit((core, now) -> core.mutate(new Mutation.Group(mutations, result::complete), now));
    return result;
  }

  private static ApiException rejected(String reason) {
    switch (reason) {
      case "SCHEDULE_EXISTS":
        return ApiException.of(
            Code.ALREADY_EXISTS,
            reason,
            "a schedule with this id exists: choose another, or update that one",
            Map.of());
      case "SCHEDULE_NEVER_FIRES":
        return ApiException.invalid(
            "schedule.spec", reason, "has no time in the future: it has just passed");
      case "REQUEST_ID_REUSED":
        return Repeats.reused();
      case "DESTINATION_NOT_FOUND":
        return ApiException.of(
            Code.NOT_FOUND, reason, "the destination was deleted meanwhile", Map.of());
      case "CALENDAR_NOT_FOUND":
        return ApiException.of(
            Code.NOT_FOUND, reason, "a calendar was deleted meanwhile", Map.of());
      default:
        if (reason.startsWith("INVALID_VALUE ")) {
          return ApiException.of(
              Code.INVALID_ARGUMENT,
              "INVALID_VALUE",
              "a value cannot be stored, and nothing was changed: "
                  + reason.substring("INVALID_VALUE ".length()),
              Map.of());
        }
        return ApiException.of(
            Code.ABORTED, "WRITE_REJECTED", "the store refused the change: " + reason, Map.of());
    }
  }

  static ApiException quarantined(int partition) {
    return ApiException.of(
        Code.UNAVAILABLE,
        QUARANTINED,
        "nothing of partitions/"
            + partition
            + " is recorded until an operator has looked (`carillon cluster partition "
            + partition
            + "` says why): try again then",
        Map.of("partition", "partitions/" + partition));
  }

  /** A nominal time for a fire by hand, which no other has. */
  CompletableFuture<Long> manualNominal() {
    return loop.ask((core, now) -> core.manualNominal(now));
  }

  /**
   * Fires a schedule by hand, and does not wait.
   *
   * @param nominal a {@link #manualNominal}; 0: it gets one
   */
  CompletableFuture<TriggerResult> trigger(StoredSchedule schedule, long nominal) {
    CompletableFuture<TriggerResult> result = new CompletableFuture<>();
    ManualFire fire =
        new ManualFire(
            schedule.num(),
            schedule.partition(),
            schedule.revisionVersion(),
            schedule.content().destination(),
            result::complete,
            nominal);
    loop.submit((core, now) -> core.trigger(fire, now));
    return result;
  }

  /** Hands over fires of a backfill, in the order of their times, and does not wait. */
  CompletableFuture<BackfillResult> backfill(
      StoredOperation operation, int destination, long[] nominals) {
    CompletableFuture<BackfillResult> result = new CompletableFuture<>();
    BackfillFires fires =
        new BackfillFires(
            operation.order().schedule(),
            partitionOf(operation.order().schedule()),
            operation.order().version(),
            destination,
            operation.backfill(),
            nominals,
            result::complete);
    loop.submit((core, now) -> core.backfill(fires, now));
    return result;
  }
}
