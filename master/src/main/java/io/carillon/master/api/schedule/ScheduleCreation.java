package io.carillon.master.api.schedule;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Deadlines;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.api.schedule.ScheduleDrafts.Draft;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.store.schedules.ScheduleWrite;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Schedule;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Creates schedules one by one, and answers a repeated request as it answered the first. */
final class ScheduleCreation {

  private static final byte[] NO_FINGERPRINT = {};

  private final ScheduleChanges changes;
  private final ScheduleDrafts drafts;
  private final ScheduleMessages messages;
  private final EarlierCreations earlier;
  private final ScheduleWrites writes;
  private final TimeSource time;

  /** For what may wait for PostgreSQL. */
  private final Executor executor;

  /** For what does not: the many answers to one write are made by one thread, one after another. */
  private final Executor answers;

  private final Deadlines deadlines;

  ScheduleCreation(
      ScheduleChanges changes,
      ScheduleDrafts drafts,
      ScheduleMessages messages,
      EarlierCreations earlier,
      ScheduleWrites writes,
      TimeSource time,
      Executor executor) {
    this.changes = changes;
    this.drafts = drafts;
    this.messages = messages;
    this.earlier = earlier;
    this.writes = writes;
    this.time = time;
    this.executor = executor;
    this.answers = MoreExecutors.newSequentialExecutor(executor);
    this.deadlines =
        new Deadlines(TimeUnit.SECONDS.toMillis(ScheduleWrites.TIMEOUT_SECONDS), executor);
  }

  /**
   * Creates one, and holds no thread while it is being written. Whether its request id was used
   * before is found by the write itself: it is looked up only if something is in the way.
   */
  CompletableFuture<Schedule> create(CreateScheduleRequest request) {
    if (request.getValidateOnly()) {
      return CompletableFuture.completedFuture(validate(request));
    }
    Draft draft;
    try {
      draft = draft(request);
    } catch (ApiException e) {
      return CompletableFuture.completedFuture(earlier.orElse(request, e));
    }
    String tenant = draft.schedule().tenant();
    return deadlines
        .limit(writes.begin(List.of(mutation(draft, request.getRequestId(), request))))
        .handleAsync((outcome, failure) -> created(draft, outcome, failure), answers)
        .exceptionallyCompose(failure -> afterFailure(tenant, request, failure));
  }

  private Schedule created(Draft draft, GroupResult outcome, Throwable failure) {
    if (failure != null) {
      throw ScheduleWrites.outcomeUnknown();
    }
    return messages.of(ScheduleWrites.schedules(outcome).get(0), draft, time.nowMicros());
  }

  private Schedule validate(CreateScheduleRequest request) {
    Draft draft;
    try {
      draft = draft(request);
    } catch (ApiException e) {
      return earlier.orElse(request, e);
    }
    return earlier
        .answer(draft.schedule().tenant(), request)
        .orElseGet(() -> messages.of(draft.schedule(), draft, time.nowMicros()));
  }

  /** A retry finds its name, its request id or whatever else taken or changed by its first try. */
  private CompletionStage<Schedule> afterFailure(
      String tenant, CreateScheduleRequest request, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof ApiException refused) || refused.code() == Code.UNAVAILABLE) {
      return CompletableFuture.failedFuture(failure);
    }
    return CompletableFuture.supplyAsync(
        () -> earlier.answer(tenant, request).orElseGet(() -> createAgain(request, refused)),
        executor);
  }

  /** Under the name of a destination that was deleted there may be another by now. */
  private Schedule createAgain(CreateScheduleRequest request, ApiException refused) {
    if (!refused.reason().equals("DESTINATION_NOT_FOUND")) {
      throw refused;
    }
    drafts.forgetDestinations();
    Draft draft = draft(request);
    return messages.of(
        writes.run(List.of(mutation(draft, request.getRequestId(), request))).get(0),
        draft,
        time.nowMicros());
  }

  private Draft draft(CreateScheduleRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> changes.tenant(request.getParent()), null);
    long num = request.getValidateOnly() ? 0 : writes.newNum();
    return drafts.create(faults, tenant, request, num, writes.partitionOf(num), time.nowMicros());
  }

  /**
   * Stores a draft as new.
   *
   * @param requestId under which a retry finds it; empty if under none
   * @param request that the id is of
   */
  static Mutation mutation(Draft draft, String requestId, Message request) {
    byte[] fingerprint = requestId.isEmpty() ? NO_FINGERPRINT : Repeats.fingerprint(request);
    ScheduleWrite write = new ScheduleWrite(draft.schedule(), true, requestId, fingerprint);
    return ScheduleWrites.change(write, draft.content(), false);
  }
}
