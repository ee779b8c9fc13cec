package io.carillon.bench.load;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.carillon.bench.report.ProgressLog;
import io.carillon.client.CarillonClient;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.ScheduleSpec;

/**
 * Schedules that are all due together, again and again: as the jobs of a company are on the full
 * hour. They begin when all of them are there.
 */
public final class Herd {

  private static final int LEAST_PROBE = 5_000;

  private final BatchCreator creation;
  private final long periodMicros;
  private final long spreadMicros;
  private final Expectations expectations = new Expectations();
  private int size;

  /** Some of them fire only from then on. */
  private long begins;

  /**
   * @param spreadMicros they are due evenly within so long; 0: all at the same instant
   */
  public Herd(CarillonClient client, ProgressLog progress, long periodMicros, long spreadMicros) {
    this.creation = new BatchCreator(client, progress);
    this.periodMicros = periodMicros;
    this.spreadMicros = spreadMicros;
  }

  public int size() {
    return size;
  }

  /** What they owe. */
  public Expectations expectations() {
    return expectations;
  }

  /**
   * How fast creation is only creation tells, and not on a cold JVM: the first twentieth fires from
   * the next round on, the others from when all will be there.
   *
   * @return schedules a second, of all but the first twentieth
   */
  public double create(int count) throws InterruptedException {
    int warm = Math.min(count, Math.max(LEAST_PROBE, count / 40));
    int probed = Math.min(count, 2 * warm);
    double perSecond = create(0, warm, count, WallClock.nowMicros());
    if (warm < probed) {
      perSecond = create(warm, probed, count, WallClock.nowMicros());
    }
    if (probed < count) {
      begins = WallClock.nowMicros() + (long) ((count - probed) * 1e6 / perSecond);
      perSecond = create(probed, count, count, begins);
    }
    size = count;
    return perSecond;
  }

  private double create(int first, int end, int count, long start) throws InterruptedException {
    return creation.run(
        "herd",
        first,
        end,
        i -> spec(i, count, start),
        (requested, answer) ->
            expectations.add(
                Long.parseLong(answer.getUid()),
                Timestamps.toMicros(requested.getInterval().getAnchorTime()),
                periodMicros,
                Math.max(Timestamps.toMicros(answer.getEffectiveTime()), start - 1)));
  }

  private ScheduleSpec spec(int number, int count, long start) {
    return ScheduleSpec.newBuilder()
        .setInterval(
            IntervalRule.newBuilder()
                .setPeriod(Durations.fromMicros(periodMicros))
                .setAnchorTime(Timestamps.fromMicros(spreadMicros * number / count)))
        .setStartTime(Timestamps.fromMicros(start))
        .build();
  }

  /** When all of them are due next, or the first of them is; not before a time. */
  public long nextTurn(long micros) {
    return -Math.floorDiv(-Math.max(micros, begins), periodMicros) * periodMicros;
  }
}
