package io.carillon.master.api.schedule;

import com.google.rpc.Code;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.schedule.ScheduleChanges.Change;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.operation.OperationWork;
import io.carillon.master.store.operations.OperationKind;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.master.store.operations.StoredOperation.Progress;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.Schedules.Selection;
import io.carillon.master.store.sql.DatabaseUnavailableException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses or resumes many schedules, each by a mutation of its own: page by page in the order of
 * their numbers, all of a page at once.
 *
 * <p>After a change of leader the page that was under way is looked at again: what has been changed
 * is no longer selected then. Of a pause it is counted by what the schedules say, of a resume up to
 * a page may be missing in the count.
 */
final class BulkChange implements OperationWork {

  private static final Logger log = LoggerFactory.getLogger(BulkChange.class);
  private static final int PAGE = 500;
  private static final int MOST_TRIES = 50;
  private static final long PATIENCE_MICROS = 300_000;
  private static final long RETRY_MICROS = 20_000;

  /** A schedule whose change is under way, or to be tried again where {@code result} is null. */
  private static final class Open {
    StoredSchedule schedule;
    CompletableFuture<GroupResult> result;
    int tries;

    Open(StoredSchedule schedule) {
      this.schedule = schedule;
    }
  }

  private final StoredOperation operation;
  private final Selection selection;
  private final Function<StoredSchedule, Change> decision;
  private final Schedules schedules;
  private final ScheduleWrites writes;
  private final TimeSource time;

  private boolean restored;
  private List<Open> open = new ArrayList<>();
  private long position;
  private long pageEnd;
  private long done;
  private long failures;
  private String firstFailure = "";

  /**
   * @param decision what one schedule becomes; refuses with FAILED_PRECONDITION if it is in no
   *     state for it any more
   */
  BulkChange(
      StoredOperation operation,
      Selection selection,
      Function<StoredSchedule, Change> decision,
      Schedules schedules,
      ScheduleWrites writes,
      TimeSource time) {
    this.operation = operation;
    this.selection = selection;
    this.decision = decision;
    this.schedules = schedules;
    this.writes = writes;
    this.time = time;
    this.position = operation.progress().position();
    this.pageEnd = position;
    this.done = operation.progress().done();
  }

  @Override
  public Progress progress() {
    if (failures == 0) {
      return new Progress(done, position, operation.progress().error());
    }
    String before =
        operation.progress().error().isEmpty() ? "" : operation.progress().error() + "; then ";
    return new Progress(
        done,
        position,
        before
            + failures
            + " schedules could not be changed: see to them and begin again, the others are left as"
            + " they are; the first: "
            + firstFailure);
  }

  @Override
  public long step(boolean stop) {
    if (!restored) {
      if (operation.order().kind() == OperationKind.PAUSE) {
        // Those that were paused after the last time that progress was stored.
        done += schedules.countPausedBy(operation.num(), position);
      }
      restored = true;
    }
    if (open.isEmpty()) {
      position = pageEnd;
      if (stop || !beginPage()) {
        return DONE;
      }
    }
    long deadline = time.monotonicMicros() + PATIENCE_MICROS;
    boolean waiting = false;
    for (Iterator<Open> all = open.iterator(); all.hasNext(); ) {
      Open each = all.next();
      if (each.result == null && stop || settle(each, deadline)) {
        all.remove();
      } else {
        waiting |= each.result == null;
      }
    }
    if (open.isEmpty()) {
      position = pageEnd;
    }
    return waiting ? RETRY_MICROS : 0;
  }

  private boolean beginPage() {
    List<StoredSchedule> page = schedules.selected(selection, position, time.nowMicros(), PAGE);
    if (page.isEmpty()) {
      return false;
    }
    for (StoredSchedule schedule : page) {
      Open each = new Open(schedule);
      if (begin(each)) {
        open.add(each);
      }
      pageEnd = schedule.num();
    }
    return true;
  }

  /** Answers false if there is nothing to do for it. */
  private boolean begin(Open each) {
    try {
      Change change = decision.apply(each.schedule);
      if (change.mutation() == null) {
        return false;
      }
      each.result = writes.begin(List.of(change.mutation()));
      return true;
    } catch (ApiException e) {
      if (e.code() != Code.FAILED_PRECONDITION) {
        failed(each, e.getMessage());
      }
      return false;
    } catch (RuntimeException e) {
      if (DatabaseUnavailableException.explains(e)) {
        throw e;
      }
      log.error("cannot change schedule {}", each.schedule.num(), e);
      failed(each, "internal error, which the log of the master has: " + e.getMessage());
      return false;
    }
  }

  private void failed(Open each, String reason) {
    failures++;
    if (firstFailure.isEmpty()) {
      firstFailure =
          ResourceName.schedule(each.schedule.tenant(), each.schedule.id()) + ": " + reason;
    }
  }

  /** Whether one is done with. Waits for its outcome until the deadline. */
  private boolean settle(Open each, long deadline) {
    if (each.result == null) {
      StoredSchedule now = schedules.find(each.schedule.num()).orElse(null);
      if (now == null || now.state() == ScheduleState.DELETED) {
        return true;
      }
      each.schedule = now;
      return !begin(each);
    }
    GroupResult result;
    try {
      long left = Math.max(0, deadline - time.monotonicMicros());
      result = each.result.get(left, TimeUnit.MICROSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    switch (result.outcome()) {
      case DONE:
        done++;
        return true;
      case REJECTED:
        failed(each, result.reason());
        return true;
      case OVERLOADED:
        each.result = null;
        return false;
      case VERSION_CONFLICT:
        each.result = null;
        if (++each.tries == MOST_TRIES) {
          failed(each, "it is being changed all the time");
          return true;
        }
        return false;
    }
    throw new IllegalStateException("no such outcome: " + result.outcome());
  }
}
