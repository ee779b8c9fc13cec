package io.carillon.master.instruments;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All that a master measures: one object for each master, handed to whoever measures, as the time
 * is. What is counted often is held by who counts it, without a search by labels. A label is of a
 * set that is known when the program is built, such as methods, never of what users make. Safe for
 * use from any thread.
 */
public final class Instruments {

  /** Seconds, from what a lookup takes to what a client waits for. */
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  /** How many are taken at once. */
  private static final double[] SIZES = {1, 10, 100, 1_000, 10_000, 100_000};

  private final PrometheusRegistry registry = new PrometheusRegistry();

  private final Counter calls =
      Counter.builder()
          .name("carillon_calls_total")
          .help("Calls that ended, by how; a stream is one call.")
          .labelNames("method", "code")
          .register(registry);

  private final Histogram callTime =
      Histogram.builder()
          .name("carillon_call_duration_seconds")
          .help("From the arrival of a call with one answer to the end of the answer.")
          .unit(Unit.SECONDS)
          .labelNames("method")
          .classicUpperBounds(SECONDS)
          .register(registry);

  private final Gauge laneTasks =
      Gauge.builder()
          .name("carillon_lane_tasks")
          .help("Writes that a lane has been given and that have not ended.")
          .labelNames("lane")
          .register(registry);

  private final Counter storeCalls =
      Counter.builder()
          .name("carillon_lane_store_calls_total")
          .help("Calls of the store that a lane made, by how they ended.")
          .labelNames("lane", "outcome")
          .register(registry);

  private final Histogram commitTime =
      Histogram.builder()
          .name("carillon_commit_duration_seconds")
          .help("Of a transaction that became durable.")
          .unit(Unit.SECONDS)
          .labelNames("lane")
          .classicUpperBounds(SECONDS)
          .register(registry);

  private final Histogram commitSize =
      Histogram.builder()
          .name("carillon_commit_size")
          .help("What became durable in one transaction: fires, or mutations of schedules.")
          .labelNames("lane")
          .classicUpperBounds(SIZES)
          .register(registry);

  private final Counter deliveredBatches =
      Counter.builder()
          .name("carillon_delivery_batches_total")
          .help("Batches of fires that were handed to sinks.")
          .register(registry);

  private final Counter deliveredFires =
      Counter.builder()
          .name("carillon_delivery_fires_total")
          .help("Fires that were handed to sinks, each as often as it was.")
          .register(registry);

  private final Histogram deliveryLateness =
      Histogram.builder()
          .name("carillon_delivery_lateness_seconds")
          .help("From the nominal time of a batch's first fire to when it was handed to a sink.")
          .unit(Unit.SECONDS)
          .classicUpperBounds(SECONDS)
          .register(registry);

  private final Counter acknowledgements =
      Counter.builder()
          .name("carillon_delivery_acknowledgements_total")
          .help("Acknowledgements of a fire, or of a range of fires, that sinks gave.")
          .register(registry);

  private final Counter refusals =
      Counter.builder()
          .name("carillon_delivery_refusals_total")
          .help("Fires that sinks refused for the moment.")
          .register(registry);

  /** A call ended. */
  public void callEnded(String method, String code) {
    calls.labelValues(method, code).inc();
  }

  /** A call with one answer took so long. */
  public void answered(String method, long nanos) {
    callTime.labelValues(method).observe(nanos / 1e9);
  }

  /** For a lane of writes. */
  public Lane lane(String name) {
    return new Lane(name, laneTasks.labelValues(name), storeCalls);
  }

  /** For the transactions of a lane. */
  public Commits commits(String lane) {
    return new Commits(commitTime.labelValues(lane), commitSize.labelValues(lane));
  }

  public Delivery delivery() {
    return new Delivery(
        deliveredBatches, deliveredFires, deliveryLateness, acknowledgements, refusals);
  }

  /** What a lane of writes measures. */
  public record Lane(String name, GaugeDataPoint tasks, Counter storeCalls) {

    public void given() {
      tasks.inc();
    }

    public void ended() {
      tasks.dec();
    }

    /** A call of the store ended so. */
    public void called(Enum<?> outcome) {
      storeCalls.labelValues(name, outcome.name().toLowerCase(Locale.ROOT)).inc();
    }
  }

  /** What the store measures of the transactions of a lane. */
  public record Commits(DistributionDataPoint seconds, DistributionDataPoint size) {

    /** One became durable, after so long, with so much in it. */
    public void durable(long nanos, int rows) {
      seconds.observe(nanos / 1e9);
      size.observe(rows);
    }
  }

  /** What delivery measures, of all destinations together. */
  public record Delivery(
      CounterDataPoint batches,
      CounterDataPoint fires,
      DistributionDataPoint lateness,
      CounterDataPoint acknowledgements,
      CounterDataPoint refusals) {

    /** A batch was handed to a sink, so long after the nominal time of its first fire. */
    public void sent(int count, long micros) {
      batches.inc();
      fires.inc(count);
      lateness.observe(Math.max(0, micros) / 1e6);
    }

    /** A sink said so of what it had. */
    public void heard(int acknowledged, int refused) {
      acknowledgements.inc(acknowledged);
      refusals.inc(refused);
    }
  }

  /**
   * All of it in whole numbers, by names as Prometheus has them, with labels in braces. Of a
   * distribution there are {@code _count} and {@code _sum}; a sum of seconds is given in
   * microseconds, and its name says so.
   */
  public SortedMap<String, Long> numbers() {
    SortedMap<String, Long> numbers = new TreeMap<>();
    for (MetricSnapshot metric : registry.scrape()) {
      String name = metric.getMetadata().getPrometheusName();
      for (DataPointSnapshot point : metric.getDataPoints()) {
        String labels = labels(point.getLabels());
        if (point instanceof CounterDataPointSnapshot counter) {
          numbers.put(name + "_total" + labels, Math.round(counter.getValue()));
        } else if (point instanceof GaugeDataPointSnapshot gauge) {
          numbers.put(name + labels, Math.round(gauge.getValue()));
        } else if (point instanceof HistogramDataPointSnapshot histogram) {
          boolean seconds = name.endsWith("_seconds");
          numbers.put(name + "_count" + labels, histogram.getCount());
          numbers.put(
              name.replaceFirst("_seconds$", "_micros") + "_sum" + labels,
              Math.round(histogram.getSum() * (seconds ? 1e6 : 1)));
        }
      }
    }
    return numbers;
  }

  private static String labels(Labels labels) {
    return labels.isEmpty()
        ? ""
        : labels.stream()
            .map(label -> label.getName() + "=\"" + label.getValue() + '"')
            .collect(Collectors.joining(",", "{", "}"));
  }
}
