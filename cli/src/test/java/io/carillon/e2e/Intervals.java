package io.carillon.e2e;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.client.CarillonClient;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Many interval schedules of one period, spread over their phase, and their expected nominal times.
 */
final class Intervals {

  private static final long SECOND = 1_000_000;
  private static final int BATCH = 1_000;

  /** One of them. {@code from}: it owes nominal times after this. Microseconds. */
  record Interval(long uid, long phase, long from, long period) {

    /** By definition: phase + k periods, after {@code from}, within {@code [begin, end]}. */
    List<Long> expected(long begin, long end) {
      List<Long> times = new ArrayList<>();
      for (long k = Math.floorDiv(begin, period); k * period <= end; k++) {
        long nominal = k * period + phase;
        if (nominal > from && nominal >= begin && nominal <= end) {
          times.add(nominal);
        }
      }
      return times;
    }
  }

  private Intervals() {}

  /** Creates them on the destination "default". */
  static List<Interval> create(CarillonClient client, int count) {
    return create(client, count, "default");
  }

  static List<Interval> create(CarillonClient client, int count, String destination) {
    return create(client, count, SECOND, destination, destination);
  }

  /** The same every {@code period} microseconds. */
  static List<Interval> create(CarillonClient client, int count, long period) {
    return create(client, count, period, "default", "default");
  }

  /** The same of one second, beside those that there are. */
  static List<Interval> createMore(CarillonClient client, int count) {
    return create(client, count, SECOND, "default", "more");
  }

  private static List<Interval> create(
      CarillonClient client, int count, long period, String destination, String id) {
    List<Interval> intervals = new ArrayList<>();
    for (int first = 0; first < count; first += BATCH) {
      BatchCreateSchedulesRequest.Builder batch =
          BatchCreateSchedulesRequest.newBuilder().setParent("tenants/default");
      for (int i = first; i < Math.min(count, first + BATCH); i++) {
        batch.addRequests(
            CreateScheduleRequest.newBuilder()
                .setScheduleId(id + "-" + i)
                .setSchedule(
                    Schedule.newBuilder()
                        .setDestination("tenants/default/destinations/" + destination)
                        .setSpec(every(period, phase(i, count, period)))));
      }
      List<Schedule> created =
          client.schedules().batchCreateSchedules(batch.build()).getSchedulesList();
      for (int i = 0; i < created.size(); i++) {
        intervals.add(
            new Interval(
                Long.parseLong(created.get(i).getUid()),
                phase(first + i, count, period),
                micros(created.get(i).getEffectiveTime()),
                period));
      }
    }
    return intervals;
  }

  private static long phase(int i, int count, long period) {
    return period * i / count;
  }

  private static ScheduleSpec every(long period, long phase) {
    return ScheduleSpec.newBuilder()
        .setInterval(
            IntervalRule.newBuilder()
                .setPeriod(
                    Duration.newBuilder()
                        .setSeconds(period / SECOND)
                        .setNanos((int) (period % SECOND) * 1_000))
                .setAnchorTime(Timestamp.newBuilder().setNanos((int) phase * 1_000)))
        .build();
  }

  static long micros(Timestamp time) {
    return time.getSeconds() * SECOND + time.getNanos() / 1_000;
  }

  static long now() {
    return System.currentTimeMillis() * 1_000;
  }

  static List<String> faults(Ledger ledger, List<Interval> intervals, long begin, long end) {
    List<String> faults = new ArrayList<>();
    for (Interval interval : intervals) {
      faults.addAll(ledger.faults(interval.uid(), interval.expected(begin, end)));
    }
    return faults;
  }
}
