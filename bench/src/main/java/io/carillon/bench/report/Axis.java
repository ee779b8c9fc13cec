package io.carillon.bench.report;

import io.carillon.bench.report.Chart.Scale;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** One axis of a chart: where values lie between two pixels, and which of them are named. */
final class Axis {

  /** A value that is named on the axis. */
  record Tick(double pixel, String label) {}

  private static final int LINEAR_TICKS = 6;

  /** With more decades than this, only their beginnings are named. */
  private static final int DETAILED_DECADES = 3;

  private final Scale scale;
  private final double low;
  private final double high;
  private final double from;
  private final double to;

  private Axis(Scale scale, double low, double high, double from, double to) {
    this.scale = scale;
    this.low = low;
    this.high = high;
    this.from = from;
    this.to = to;
  }

  /**
   * @param from the pixel where the axis begins, and {@code to} where it ends
   */
  static Axis of(Scale scale, double least, double most, double from, double to) {
    return switch (scale) {
      // From nought, or differences look greater than they are.
      case LINEAR ->
          new Axis(
              scale, Math.min(0, least), most > Math.min(0, least) ? most : least + 1, from, to);
      case ORDINAL -> new Axis(scale, 0.5, Math.max(1, most) + 0.5, from, to);
      case LOG -> {
        double low = 1 / nice(1 / least);
        yield new Axis(scale, low, Math.max(nice(most), low * 10), from, to);
      }
      case NINES -> new Axis(scale, 1, Math.max(10, most), from, to);
    };
  }

  double at(double value) {
    double part =
        scale == Scale.LINEAR || scale == Scale.ORDINAL
            ? (value - low) / (high - low)
            : Math.log(value / low) / Math.log(high / low);
    return from + part * (to - from);
  }

  List<Tick> ticks() {
    return switch (scale) {
      case LINEAR, ORDINAL -> linear();
      case LOG -> log();
      case NINES -> nines();
    };
  }

  private List<Tick> linear() {
    List<Tick> ticks = new ArrayList<>();
    double step = nice((high - low) / LINEAR_TICKS);
    if (scale == Scale.ORDINAL) {
      step = Math.max(1, step);
    }
    for (long i = (long) Math.ceil(low / step); i * step <= high * (1 + 1e-9); i++) {
      ticks.add(tick(i * step, number(i * step)));
    }
    return ticks;
  }

  private List<Tick> log() {
    List<Tick> ticks = new ArrayList<>();
    boolean detailed = Math.log10(high / low) <= DETAILED_DECADES;
    for (double decade = decade(low); decade <= high; decade *= 10) {
      for (double value : new double[] {decade, 2 * decade, 5 * decade}) {
        boolean within = value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
        if (within && (detailed || value == decade)) {
          ticks.add(tick(value, number(value)));
        }
      }
    }
    return ticks;
  }

  private List<Tick> nines() {
    List<Tick> ticks = new ArrayList<>(List.of(tick(1, "0 %"), tick(2, "50 %")));
    for (double value = 10; value <= high * (1 + 1e-9); value *= 10) {
      ticks.add(tick(value, number(100 - 100 / value) + " %"));
    }
    return ticks;
  }

  private Tick tick(double value, String label) {
    return new Tick(at(value), label);
  }

  private static double decade(double value) {
    return Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
  }

  /** The smallest of 1, 2, 5, 10, 20 ... and 0.5, 0.2, 0.1 ... that is not smaller. */
  private static double nice(double value) {
    double decade = decade(value);
    for (double factor : new double[] {1, 2, 5}) {
      if (decade * factor >= value * (1 - 1e-9)) {
        return decade * factor;
      }
    }
    return decade * 10;
  }

  static String number(double value) {
    return value >= 1000
        ? Report.grouped(Math.round(value))
        : new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros().toPlainString();
  }
}
