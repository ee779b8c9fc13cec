package io.carillon.master.api.schedule;

import io.carillon.common.fire.FireId;
import io.carillon.common.fire.FireKind;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.lead.Requests.Made;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.StoredSchedule;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Fires schedules by hand. A request with an id has the nominal time of its fire noted before the
 * fire is recorded, so that a retry finds the fire by its key, at whichever master it comes.
 *
 * <p>A fire that is not in the ledger then is recorded by nobody any more: at this leader, as a
 * request under way is joined rather than looked up; at an earlier one, as its writes are fenced.
 */
final class Triggers {

  private final ScheduleChanges changes;
  private final ScheduleWrites writes;
  private final Requests requests;
  private final Schedules schedules;
  private final Ledger ledger;
  private final TimeSource time;

  /** A fire of a schedule. */
  record Triggered(StoredSchedule schedule, FireId fire) {}

  private record Key(String tenant, String id) {}

  /** Requests with ids that the core has not answered. */
  private final ConcurrentMap<Key, CompletableFuture<TriggerResult>> underWay =
      new ConcurrentHashMap<>();

  Triggers(
      ScheduleChanges changes,
      ScheduleWrites writes,
      Requests requests,
      Schedules schedules,
      Ledger ledger,
      TimeSource time) {
    this.changes = changes;
    this.writes = writes;
    this.requests = requests;
    this.schedules = schedules;
    this.ledger = ledger;
    this.time = time;
  }

  /**
   * Fires a schedule.
   *
   * @param name of the schedule: a well-formed one
   * @param request by which a retry finds the fire
   */
  Triggered trigger(String name, Request request) {
    if (!request.hasId()) {
      StoredSchedule schedule = changes.find(name);
      return answer(schedule, name, Calls.await(writes.trigger(schedule, 0)));
    }
    return once(name, request);
  }

  private Triggered once(String name, Request request) {
    Key key = new Key(request.tenant(), request.id());
    CompletableFuture<TriggerResult> mine = new CompletableFuture<>();
    CompletableFuture<TriggerResult> other = underWay.putIfAbsent(key, mine);
    if (other != null) {
      // What it asks for is told by what is noted once that is answered.
      Calls.await(other.handle((result, failure) -> result));
      return once(name, request);
    }
    boolean handedOver = false;
    try {
      Made before = requests.find(request.tenant(), request.id()).orElse(null);
      if (before != null) {
        Repeats.check(before, request);
      }
      StoredSchedule schedule =
          before == null ? changes.find(name) : schedules.find(before.num()).orElseThrow();
      long nominal = Calls.await(writes.manualNominal());
      if (before == null) {
        before = requests.reserve(request, schedule.num(), nominal, time.nowMicros());
      }
      Repeats.check(before, request);
      if (before.nominal() != nominal) {
        int manual = FireKind.MANUAL.code(0);
        if (ledger.find(new Ledger.Key(before.nominal(), before.num(), manual)).isPresent()) {
          return triggered(schedule, before.nominal());
        }
        requests.reserveAgain(request, nominal);
      }
      CompletableFuture<TriggerResult> result = writes.trigger(schedule, nominal);
      handedOver = true;
      var unused =
          result.whenComplete(
              (done, failure) -> {
                underWay.remove(key);
                mine.complete(done);
              });
      return answer(schedule, name, Calls.await(result));
    } finally {
      if (!handedOver) {
        underWay.remove(key);
        mine.complete(null);
      }
    }
  }

  private static Triggered answer(StoredSchedule schedule, String name, TriggerResult result) {
    if (result.reason().equals(ScheduleWrites.QUARANTINED)) {
      throw ScheduleWrites.quarantined(schedule.partition());
    }
    if (!result.recorded()) {
      throw ApiException.notFound("SCHEDULE", name);
    }
    return triggered(schedule, result.nominal());
  }

  private static Triggered triggered(StoredSchedule schedule, long nominal) {
    return new Triggered(schedule, new FireId(schedule.num(), nominal, FireKind.MANUAL));
  }
}
