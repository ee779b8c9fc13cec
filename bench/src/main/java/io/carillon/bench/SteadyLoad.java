package io.carillon.bench;

import io.carillon.bench.load.FireConsumer;
import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.LedgerQueries.Position;
import io.carillon.bench.load.Population;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.rig.Rig;
import io.carillon.bench.rig.Rig.CpuTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * Recurring schedules at rising rates, each held for a while. The schedules of a rate stay for the
 * next, which adds to them.
 */
final class SteadyLoad {

  private static final long SAMPLE_MICROS = 250_000;
  private static final long SETTLE_MICROS = 20_000_000;
  private static final long SETTLED_LAG_MICROS = 1_500_000;

  /** A lag that grows by more than this part of the time that passes is not noise. */
  private static final double GROWTH = 0.03;

  private static final long TOLERATED_LAG_MICROS = 3_000_000;

  private final Rig rig;
  private final LedgerQueries ledger;
  private final Population population;
  private final Optional<FireConsumer> consumer;
  private final ProgressLog progress;

  SteadyLoad(
      Rig rig,
      LedgerQueries ledger,
      Population population,
      Optional<FireConsumer> consumer,
      ProgressLog progress) {
    this.rig = rig;
    this.ledger = ledger;
    this.population = population;
    this.consumer = consumer;
    this.progress = progress;
  }

  /**
   * One rate, while it was measured in (from, to].
   *
   * @param sustained whether neither the watermarks nor, where there is one, the consumer fell back
   *     further and further
   * @param received deliveries in the window
   * @param acknowledged fires by which the stored delivery cursor moved in the window
   * @param deliveries where delivered − nominal is taken, if there is a consumer
   */
  record Step(
      double offered,
      long from,
      long to,
      double lagBeginMillis,
      double lagEndMillis,
      long backlog,
      boolean sustained,
      long received,
      long acknowledged,
      Optional<FireConsumer.Window> deliveries,
      CpuTime cpu) {

    /** Delivered − nominal. Whole only when all is delivered. */
    Histogram delivered() {
      return deliveries.map(FireConsumer.Window::lateness).orElseGet(LedgerQueries::histogram);
    }

    double seconds() {
      return (to - from) / 1e6;
    }
  }

  /**
   * @param rates fires a second, rising
   * @param pastLimit whether to go on after the first rate that is not sustained
   */
  List<Step> run(
      List<Integer> rates, long periodMicros, long warmUp, long window, boolean pastLimit)
      throws Exception {
    List<Step> steps = new ArrayList<>();
    for (int rate : rates) {
      int missing = (int) Math.round(rate * (periodMicros / 1e6)) - population.size();
      long start = WallClock.nowMicros();
      if (missing > 0) {
        start = population.grow(missing);
        progress.say(
            "%d schedules, the last %d created at %.0f/s",
            population.size(), missing, population.createdPerSecond());
      }
      WallClock.sleepUntil(start + warmUp);
      settle();
      steps.add(measure(population.size() / (periodMicros / 1e6), window));
      if (!pastLimit && !steps.get(steps.size() - 1).sustained()) {
        break;
      }
    }
    return steps;
  }

  /** Creating may have taken longer than foreseen; then there is a backlog to work off first. */
  private void settle() throws Exception {
    long limit = WallClock.nowMicros() + SETTLE_MICROS;
    while (ledger.position().lagMicros(WallClock.nowMicros()) > SETTLED_LAG_MICROS
        && WallClock.nowMicros() < limit) {
      Thread.sleep(50);
    }
  }

  private Step measure(double offered, long window) throws Exception {
    long from = WallClock.nowMicros();
    long to = from + window;
    Optional<FireConsumer.Window> deliveries = consumer.map(c -> c.watch(from, to));
    CpuTime cpu = rig.cpuTime();
    long received = received();
    Position first = ledger.position();
    List<Long> lags = new ArrayList<>();
    for (long next = from + SAMPLE_MICROS; next < to; next += SAMPLE_MICROS) {
      WallClock.sleepUntil(next);
      lags.add(ledger.position().lagMicros(WallClock.nowMicros()));
    }
    WallClock.sleepUntil(to);
    Position last = ledger.position();
    long receivedNow = received();
    double begin = mean(lags.subList(0, Math.max(1, lags.size() / 4)));
    double end = mean(lags.subList(lags.size() - Math.max(1, lags.size() / 4), lags.size()));
    long recorded = last.lastSeq() - first.lastSeq();
    boolean keepsUp = end - begin < GROWTH * window && end < TOLERATED_LAG_MICROS;
    boolean delivers =
        consumer.isEmpty() || recorded - (receivedNow - received) < GROWTH * recorded;
    Step step =
        new Step(
            offered,
            from,
            to,
            begin / 1000,
            end / 1000,
            // Read one after the other, so it may come out a little below nothing.
            Math.max(0, last.lastSeq() - receivedNow),
            keepsUp && delivers,
            receivedNow - received,
            last.cursor() - first.cursor(),
            deliveries,
            rig.cpuTime().since(cpu));
    progress.say(
        "%.0f/s offered: %.0f/s recorded, %.0f/s delivered, lag %.0f ms to %.0f ms%s",
        offered,
        recorded / step.seconds(),
        step.received() / step.seconds(),
        step.lagBeginMillis(),
        step.lagEndMillis(),
        step.sustained() ? "" : ": not sustained");
    return step;
  }

  private long received() {
    return consumer.map(FireConsumer::received).orElse(0L);
  }

  private static double mean(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).average().orElse(0);
  }
}
