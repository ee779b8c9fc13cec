package io.carillon.master.api.schedule;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.api.spec.Specs.Checked;
import io.carillon.master.core.Mutation.Content;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.schedules.Schedules;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What schedules are to become, and where they send their fires. */
public final class ScheduleDrafts {

  private static final long KNOWN_NANOS = 1_000_000_000L;
  private static final int MAX_KNOWN = 10_000;

  private final Schedules schedules;
  private final Specs specs;

  /** For a moment only; whether a destination is still there is checked again as it is written. */
  private final ConcurrentMap<Named, Known> destinations = new ConcurrentHashMap<>();

  public ScheduleDrafts(Schedules schedules, Specs specs) {
    this.schedules = schedules;
    this.specs = specs;
  }

  private record Named(String tenant, String id) {}

  private record Known(int num, long readNanos) {}

  /** A schedule to store, what the core needs of it, and its spec. */
  record Draft(StoredSchedule schedule, Content content, ScheduleSpec spec) {}

  /** Makes the draft of a schedule that does not exist yet. */
  interface NewDraft {
    /**
     * @param num that it is to get; 0 if it is only checked
     * @param partition of that number
     * @throws ApiException if what is asked for cannot be
     */
    Draft of(long num, int partition);
  }

  /** Makes the draft of what a schedule is to become. */
  interface NextDraft {
    /**
     * @param validFrom from when on it is to hold, as in {@link Content}
     * @throws ApiException if what is asked for cannot be
     */
    Draft of(StoredSchedule before, long validFrom, long now);
  }

  /**
   * A draft that holds from a time on.
   *
   * @param newTime whether its spec is a single time that the schedule did not have before
   * @param validFrom as in {@link Content}
   */
  static Draft of(StoredSchedule schedule, Checked spec, boolean newTime, long validFrom) {
    long opensBefore = newTime ? ((OnceRule) spec.spec().rule()).atMicros() - 1 : Long.MAX_VALUE;
    return new Draft(
        schedule,
        new Content(
            schedule.content().spec(),
            spec.times(),
            schedule.content().catchUp(),
            schedule.content().destination(),
            opensBefore,
            validFrom),
        spec.spec());
  }

  /**
   * A schedule with its spec as it is now: what changes a schedule takes its calendars anew.
   *
   * @param validFrom from when on it is to hold, as in {@link Content}
   */
  Draft renewed(StoredSchedule schedule, long validFrom) {
    StoredSchedule.Content old = schedule.content();
    Checked spec = specs.renewed(schedule.tenant(), ScheduleSpec.parse(old.spec()));
    StoredSchedule.Content renewed =
        new StoredSchedule.Content(
            old.displayName(),
            old.labels(),
            spec.spec().canonical(),
            Specs.lastDue(spec, schedule.num()),
            old.catchUp(),
            old.destination(),
            old.destinationId(),
            old.payload(),
            old.payloadType());
    return of(schedule.withContent(renewed), spec, false, validFrom);
  }

  /** Who finds that one of them is gone has them all read anew. */
  void forgetDestinations() {
    destinations.clear();
  }

  /**
   * The number of a destination.
   *
   * @throws ApiException (DESTINATION_NOT_FOUND)
   */
  int destination(String tenant, String id) {
    Named name = new Named(tenant, id);
    Known known = destinations.get(name);
    long now = System.nanoTime();
    if (known != null && now - known.readNanos() < KNOWN_NANOS) {
      return known.num();
    }
    int num =
        schedules
            .destination(tenant, id)
            .orElseThrow(
                () -> ApiException.notFound("DESTINATION", ResourceName.destination(tenant, id)));
    if (destinations.size() >= MAX_KNOWN) {
      destinations.clear();
    }
    destinations.put(name, new Known(num, now));
    return num;
  }
}
