package io.carillon.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * What of a result is worth drawing.
 *
 * @param x title of the axis, with its unit; so {@code y}
 */
public record Chart(
    String title, String x, String y, Scale xScale, Scale yScale, List<Line> lines) {

  /** How an axis is laid out. */
  public enum Scale {
    LINEAR,
    /** Numbers of things, each of which is named. */
    ORDINAL,
    /** All values must be above 0. */
    LOG,
    /** A percentile p as 1 / (1 - p): each nine gets as much room as the one before. */
    NINES
  }

  private static final int STEPS_PER_HALVING = 5;

  /** Smaller than what a clock tells, and above 0. */
  private static final double LEAST_MILLIS = 0.001;

  /**
   * Points in ascending x.
   *
   * @param joined by a line; else they stand alone
   */
  public record Line(String name, double[] xs, double[] ys, boolean joined) {

    public Line(String name, double[] xs, double[] ys) {
      this(name, xs, ys, true);
    }
  }

  public Chart {
    lines = List.copyOf(lines);
  }

  public Chart(String title, String x, String y, boolean logX, boolean logY, List<Line> lines) {
    this(title, x, y, logX ? Scale.LOG : Scale.LINEAR, logY ? Scale.LOG : Scale.LINEAR, lines);
  }

  /** A line through something of each point, in ascending x. */
  public static <T> Line line(
      String name, List<T> points, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
    return new Line(
        name, points.stream().mapToDouble(x).toArray(), points.stream().mapToDouble(y).toArray());
  }

  /** Times against percentiles, as HdrHistogram's own plots have them. */
  public static Chart ofPercentiles(String title, List<Line> lines) {
    return new Chart(title, "percentile", "ms", Scale.NINES, Scale.LOG, lines);
  }

  /** The line of a histogram of microseconds in {@link #ofPercentiles}. */
  public static Line percentiles(String name, Histogram micros) {
    List<double[]> points = new ArrayList<>();
    double last = Math.max(1, micros.getTotalCount());
    for (HistogramIterationValue value : micros.percentiles(STEPS_PER_HALVING)) {
      double beyond = 1 - value.getPercentileLevelIteratedTo() / 100;
      double x = Math.min(last, beyond <= 0 ? last : 1 / beyond);
      double y = Math.max(LEAST_MILLIS, value.getValueIteratedTo() / 1000.0);
      points.add(new double[] {x, y});
    }
    return line(name, points, point -> point[0], point -> point[1]);
  }
}
