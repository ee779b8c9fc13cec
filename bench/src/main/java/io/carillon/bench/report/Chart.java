package io.carillon.bench.report;

import java.util.List;

/**
 * What of a result is worth a picture.
 *
 * @param x title of the axis, with its unit; so {@code y}
 * @param logX whether the axis is logarithmic; all its values must then be above 0
 */
public record Chart(
    String title, String x, String y, boolean logX, boolean logY, List<Line> lines) {

  /** Points in ascending x, joined. */
  public record Line(String name, double[] xs, double[] ys) {}
}
