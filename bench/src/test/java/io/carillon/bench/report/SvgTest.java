package io.carillon.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.bench.report.Chart.Line;
import io.carillon.bench.report.Chart.Scale;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SvgTest {

  @Test
  void charts_stand_one_below_the_other_with_their_names() throws Exception {
    Line line = new Line("a < b & c", new double[] {1, 2, 3}, new double[] {10, 20, 30});
    Document svg =
        parse(
            List.of(
                new Chart("first", "s", "fires/s", false, false, List.of(line)),
                new Chart("second", "s", "fires/s", true, true, List.of(line))));
    List<String> words = texts(svg);
    assertTrue(words.containsAll(List.of("first", "second", "a < b & c")), words::toString);
    assertEquals(2, svg.getElementsByTagName("polyline").getLength());
    assertEquals("860", svg.getDocumentElement().getAttribute("height"));
  }

  @Test
  void all_points_lie_within_the_axes_whatever_the_scale() throws Exception {
    double[][] samples = {{0.001, 7, 1234567}, {5, 5, 5}, {1, 10, 100}, {0.3, 0.31, 0.32}};
    for (double[] values : samples) {
      for (Scale scale : List.of(Scale.LINEAR, Scale.LOG)) {
        Line line = new Line("line", new double[] {1, 2, 3}, values);
        Document svg = parse(List.of(new Chart("t", "x", "y", Scale.LINEAR, scale, List.of(line))));
        NodeList dots = svg.getElementsByTagName("circle");
        assertEquals(3, dots.getLength());
        double before = Double.MAX_VALUE;
        for (int i = 0; i < dots.getLength(); i++) {
          double y = Double.parseDouble(((Element) dots.item(i)).getAttribute("cy"));
          assertTrue(y >= 50 && y <= 370, () -> scale + " " + y);
          assertTrue(y <= before, "greater values are higher");
          before = y;
        }
      }
    }
  }

  @Test
  void each_nine_of_a_percentile_gets_as_much_room() throws Exception {
    Histogram micros = new Histogram(3);
    IntStream.rangeClosed(1, 100_000).forEach(micros::recordValue);
    Line line = Chart.percentiles("late", micros);
    assertEquals(100, line.ys()[line.ys().length - 1], 0.1, "the last point is the greatest");
    Chart chart = Chart.ofPercentiles("lateness", List.of(line));
    List<Axis.Tick> ticks = Axis.of(Scale.NINES, 1, 100_000, 0, 500).ticks();
    assertEquals(
        List.of("0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"),
        ticks.stream().map(Axis.Tick::label).toList());
    assertEquals(100, ticks.get(4).pixel() - ticks.get(3).pixel(), 0.1);
    assertTrue(texts(parse(List.of(chart))).contains("99.9 %"));
  }

  @Test
  void a_histogram_without_values_can_be_drawn() throws Exception {
    Chart chart = Chart.ofPercentiles("none", List.of(Chart.percentiles("late", new Histogram(3))));
    assertFalse(texts(parse(List.of(chart))).isEmpty());
  }

  @Test
  void ticks_of_an_axis_are_round_and_few() {
    assertEquals(
        List.of("0", "20 000", "40 000", "60 000", "80 000", "100 000"),
        labels(Scale.LINEAR, 100_000));
    assertEquals(List.of("0.1", "0.2", "0.5", "1", "2", "5", "10", "20"), labels(Scale.LOG, 17));
  }

  private static List<String> labels(Scale scale, double most) {
    return Axis.of(scale, 0.12, most, 0, 100).ticks().stream().map(Axis.Tick::label).toList();
  }

  private static List<String> texts(Document svg) {
    NodeList texts = svg.getElementsByTagName("text");
    return IntStream.range(0, texts.getLength())
        .mapToObj(i -> texts.item(i).getTextContent())
        .toList();
  }

  private static Document parse(List<Chart> charts) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(Svg.of(charts).getBytes(StandardCharsets.UTF_8)));
  }
}
