package io.carillon.master.api.schedule;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Deadlines;
import io.carillon.master.api.schedule.ScheduleDrafts.Draft;
import io.carillon.master.api.schedule.ScheduleDrafts.NewDraft;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.schedules.ScheduleWrite;
import io.carillon.master.store.schedules.StoredSchedule;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Creates schedules one by one, and answers a repeated request as it answered the first. */
final class ScheduleCreation {

  private final ScheduleDrafts drafts;
  private final EarlierCreations earlier;
  private final ScheduleWrites writes;

  /** For what may wait for PostgreSQL. */
  private final Executor executor;

  /** For what does not: the many answers to one write are made by one thread, one after another. */
  private final Executor answers;

  private final Deadlines deadlines;

  ScheduleCreation(
      ScheduleDrafts drafts, EarlierCreations earlier, ScheduleWrites writes, Executor executor) {
    this.drafts = drafts;
    this.earlier = earlier;
    this.writes = writes;
    this.executor = executor;
    this.answers = MoreExecutors.newSequentialExecutor(executor);
    this.deadlines = new Deadlines(TimeUnit.SECONDS.toMillis(Calls.WRITE_SECONDS), executor);
  }

  /**
   * A schedule that was created.
   *
   * @param draft of which it was made; null if an earlier request with the same id made it
   */
  record Created(StoredSchedule schedule, Draft draft) {}

  /**
   * Creates one, and holds no thread while it is being written. Whether its request id was used
   * before is found by the write itself: it is looked up only if something is in the way.
   */
  CompletableFuture<Created> create(Request request, NewDraft wanted) {
    Draft draft;
    try {
      draft = draft(wanted);
    } catch (ApiException e) {
      return CompletableFuture.completedFuture(new Created(earlier.orElse(request, e), null));
    }
    return deadlines
        .limit(writes.begin(List.of(mutation(draft, request))))
        .handleAsync((outcome, failure) -> created(draft, outcome, failure), answers)
        .exceptionallyCompose(failure -> afterFailure(request, wanted, failure));
  }

  /** Checks whether one can be created, and answers what an earlier request with its id created. */
  Created validate(Request request, NewDraft wanted) {
    Draft draft;
    try {
      draft = wanted.of(0, writes.partitionOf(0));
    } catch (ApiException e) {
      return new Created(earlier.orElse(request, e), null);
    }
    return earlier
        .find(request)
        .map(before -> new Created(before, null))
        .orElseGet(() -> new Created(draft.schedule(), draft));
  }

  private static Created created(Draft draft, GroupResult outcome, Throwable failure) {
    if (failure != null) {
      throw Calls.outcomeUnknown();
    }
    return new Created(ScheduleWrites.schedules(outcome).get(0), draft);
  }

  /** A retry finds its name, its request id or whatever else taken or changed by its first try. */
  private CompletionStage<Created> afterFailure(
      Request request, NewDraft wanted, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof ApiException refused) || refused.code() == Code.UNAVAILABLE) {
      return CompletableFuture.failedFuture(failure);
    }
    return CompletableFuture.supplyAsync(
        () ->
            earlier
                .find(request)
                .map(before -> new Created(before, null))
                .orElseGet(() -> createAgain(request, wanted, refused)),
        executor);
  }

  /** Under the name of a destination that was deleted there may be another by now. */
  private Created createAgain(Request request, NewDraft wanted, ApiException refused) {
    if (!refused.reason().equals("DESTINATION_NOT_FOUND")) {
      throw refused;
    }
    drafts.forgetDestinations();
    Draft draft = draft(wanted);
    return new Created(writes.run(List.of(mutation(draft, request))).get(0), draft);
  }

  private Draft draft(NewDraft wanted) {
    long num = writes.newNum();
    return wanted.of(num, writes.partitionOf(num));
  }

  /** Stores a draft as new, and with it the request that a retry finds it by. */
  static Mutation mutation(Draft draft, Request request) {
    ScheduleWrite write = ScheduleWrite.of(draft.schedule(), true).by(request);
    return ScheduleWrites.change(write, draft.content(), false);
  }
}
