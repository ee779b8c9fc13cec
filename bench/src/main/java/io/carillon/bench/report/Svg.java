package io.carillon.bench.report;

import io.carillon.bench.report.Chart.Line;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * Charts as SVG, one below the other. Written by hand: what there is for Java draws through AWT,
 * which needs fonts on the machine and turns every letter into a path.
 */
final class Svg {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 430;
  private static final int LEFT = 80;
  private static final int RIGHT = 680;
  private static final int TOP = 50;
  private static final int BOTTOM = 370;
  private static final int LEGEND_LINE = 20;

  /** Lines with more points than this have no dots on them. */
  private static final int DOTTED = 40;

  /** Told apart by people who see colours differently too (Okabe and Ito), and on white. */
  private static final List<String> COLOURS =
      List.of(
          "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#555555");

  private final StringBuilder text = new StringBuilder();

  private Svg() {}

  static String of(List<Chart> charts) {
    Svg svg = new Svg();
    int height = HEIGHT * charts.size();
    svg.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">",
        WIDTH, height, WIDTH, height);
    svg.add("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>", WIDTH, height);
    for (int i = 0; i < charts.size(); i++) {
      svg.add("<g transform=\"translate(0 %d)\">", i * HEIGHT);
      svg.chart(charts.get(i));
      svg.add("</g>");
    }
    svg.add("</svg>");
    return svg.text.toString();
  }

  private void chart(Chart chart) {
    double[] xs = values(chart, Line::xs);
    double[] ys = values(chart, Line::ys);
    Axis x = Axis.of(chart.xScale(), least(xs), most(xs), LEFT, RIGHT);
    Axis y = Axis.of(chart.yScale(), least(ys), most(ys), BOTTOM, TOP);
    label((LEFT + RIGHT) / 2.0, TOP - 22, "middle", chart.title());
    grid(x, y);
    label((LEFT + RIGHT) / 2.0, BOTTOM + 42, "middle", chart.x());
    add("<g transform=\"translate(20 %d) rotate(-90)\">", (TOP + BOTTOM) / 2);
    label(0, 0, "middle", chart.y());
    add("</g>");
    for (int i = 0; i < chart.lines().size(); i++) {
      String colour = COLOURS.get(i % COLOURS.size());
      // When the colours are used up they come again, dashed.
      String dashes = i < COLOURS.size() ? "" : " stroke-dasharray=\"6 4\"";
      Line line = chart.lines().get(i);
      draw(line, x, y, colour, dashes);
      double height = TOP + 10 + i * (double) LEGEND_LINE;
      add(
          "<path d=\"M%d %.1fh22\" stroke=\"%s\" stroke-width=\"3\"%s/>",
          RIGHT + 20, height - 4, colour, dashes);
      label(RIGHT + 50, height, "start", line.name());
    }
  }

  private void grid(Axis x, Axis y) {
    for (Axis.Tick tick : x.ticks()) {
      add("<path d=\"M%.1f %dV%d\" stroke=\"#ddd\"/>", tick.pixel(), TOP, BOTTOM);
      label(tick.pixel(), BOTTOM + 20, "middle", tick.label());
    }
    for (Axis.Tick tick : y.ticks()) {
      add("<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>", LEFT, tick.pixel(), RIGHT);
      label(LEFT - 8, tick.pixel() + 4, "end", tick.label());
    }
    add("<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#222\"/>", LEFT, TOP, BOTTOM, RIGHT);
  }

  private void draw(Line line, Axis x, Axis y, String colour, String dashes) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < line.xs().length; i++) {
      points.append(format("%.1f,%.1f ", x.at(line.xs()[i]), y.at(line.ys()[i])));
    }
    if (line.joined()) {
      add(
          "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>",
          points.toString().strip(), colour, dashes);
    }
    if (!line.joined() || line.xs().length <= DOTTED) {
      for (int i = 0; i < line.xs().length; i++) {
        add(
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>",
            x.at(line.xs()[i]), y.at(line.ys()[i]), colour);
      }
    }
  }

  private void label(double x, double y, String anchor, String words) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x, y, anchor, words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
  }

  private void add(String format, Object... arguments) {
    text.append(format(format, arguments)).append('\n');
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  private static double[] values(Chart chart, Function<Line, double[]> axis) {
    return chart.lines().stream().map(axis).flatMapToDouble(DoubleStream::of).toArray();
  }

  private static double least(double[] values) {
    return DoubleStream.of(values).min().orElse(1);
  }

  private static double most(double[] values) {
    return DoubleStream.of(values).max().orElse(1);
  }
}
