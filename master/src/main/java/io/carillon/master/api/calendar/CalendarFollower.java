package io.carillon.master.api.calendar;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.schedule.ScheduleDrafts;
import io.carillon.master.api.schedule.ScheduleUpdates;
import io.carillon.master.api.schedule.ScheduleWrites;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.core.Mutation.Outcome;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.loop.Worker;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.StoredSchedule;
import io.carillon.master.store.sql.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives schedules that go by an earlier version of a calendar a revision with the days of the
 * present one, on a thread of its own. Remembers nothing: what is left to do is in the store, so a
 * new leader goes on where the last one was.
 */
public final class CalendarFollower implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CalendarFollower.class);

  /** Few, as a spec may have 5000 ranges of days; changes of clients come between. */
  private static final int PAGE = 100;

  /** For what no wake-up tells of: a schedule that was written while its calendar was changed. */
  private static final long PERIOD_MILLIS = 10_000;

  /** For schedules that others changed at the same moment. */
  private static final long RETRY_MILLIS = 200;

  private final Calendars calendars;
  private final Schedules schedules;
  private final ScheduleWrites writes;
  private final ScheduleUpdates updates;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Worker thread;

  /**
   * @param onFailure hears of an Error, after which schedules wait for their calendars for ever
   */
  public CalendarFollower(
      LeaderLoop loop,
      Database database,
      SpecInterner interner,
      TimeSource time,
      int partitions,
      Consumer<Throwable> onFailure) {
    this.thread = new Worker("carillon-calendars", onFailure);
    this.calendars = new Calendars(database.api());
    this.schedules = new Schedules(database.api());
    this.writes = new ScheduleWrites(loop, schedules, partitions);
    Specs specs = new Specs(interner, calendars);
    this.updates = new ScheduleUpdates(new ScheduleDrafts(schedules, specs), time);
  }

  /** Begins with what an earlier leader left. */
  public void start() {
    thread.every(0, PERIOD_MILLIS, this::wake);
  }

  /** A calendar was changed. */
  public void wake() {
    wake(0);
  }

  private void wake(long delayMillis) {
    if (woken.compareAndSet(false, true)) {
      thread.after(delayMillis, this::pass);
    }
  }

  private void pass() {
    woken.set(false);
    try {
      int followed = 0;
      int left = 0;
      List<StoredSchedule> page = schedules.find(calendars.behind(0, PAGE));
      while (!page.isEmpty()) {
        int done = follow(page);
        followed += done;
        left += page.size() - done;
        page = schedules.find(calendars.behind(page.get(page.size() - 1).num(), PAGE));
      }
      if (followed > 0) {
        log.info("{} schedules took the days of their calendars, {} wait", followed, left);
        // Without progress the next turn is soon enough.
        if (left > 0) {
          wake(RETRY_MILLIS);
        }
      }
    } catch (RuntimeException e) {
      if (!thread.isClosed()) {
        log.warn("schedules wait for the days of their calendars: {}", e.toString());
      }
    }
  }

  /** Answers how many follow then; the others do in a later pass. */
  private int follow(List<StoredSchedule> page) {
    List<CompletableFuture<GroupResult>> begun = new ArrayList<>();
    for (StoredSchedule schedule : page) {
      try {
        Mutation mutation = updates.renew(schedule).mutation();
        if (mutation != null) {
          begun.add(writes.begin(List.of(mutation)));
        }
      } catch (ApiException e) {
        // Changed between two reads, or not to be helped: it keeps the days that it has.
        log.warn(
            "{} does not follow its calendars: {}",
            ResourceName.schedule(schedule.tenant(), schedule.id()),
            e.getMessage());
      }
    }
    int followed = 0;
    for (CompletableFuture<GroupResult> result : begun) {
      if (Calls.await(result).outcome() == Outcome.DONE) {
        followed++;
      }
    }
    return followed;
  }

  @Override
  public void close() {
    thread.close();
  }
}
