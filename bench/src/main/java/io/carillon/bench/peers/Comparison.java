package io.carillon.bench.peers;

import io.carillon.bench.report.Report;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was measured of the peers, side by side: a row for each measure, a column for each peer. */
final class Comparison {

  /** Within this part of the best, a figure is as good: runs differ by more. */
  private static final double AS_GOOD = 0.1;

  /** Which figure of a row is the best. */
  enum Better {
    MORE,
    LESS,
    /** The row is there to be read, not to be won. */
    NEITHER
  }

  private record Title(String work, String measure) {}

  private record Row(Better better, Map<Peer.Kind, Object> cells) {}

  private final List<Peer.Kind> kinds;
  private final Map<Title, Row> rows = new LinkedHashMap<>();

  Comparison(List<Peer.Kind> kinds) {
    this.kinds = kinds;
  }

  /**
   * @param value a Long for what is counted, a Double for what is measured
   */
  void put(String work, String measure, Better better, Peer.Kind kind, Number value) {
    cells(work, measure, better).put(kind, value);
  }

  /** A figure of one who failed at the work: to be read, but it cannot win. */
  void putFailed(String work, String measure, Peer.Kind kind, double value) {
    String text =
        value >= 1000
            ? Report.grouped(Math.round(value))
            : String.format(Locale.ROOT, "%.1f", value);
    say(work, measure, kind, text + " (failed)");
  }

  /** In place of a figure: why there is none. It cannot win. */
  void say(String work, String measure, Peer.Kind kind, String text) {
    cells(work, measure, Better.NEITHER).put(kind, text);
  }

  private Map<Peer.Kind, Object> cells(String work, String measure, Better better) {
    Row row =
        rows.merge(
            new Title(work, measure),
            new Row(better, new EnumMap<>(Peer.Kind.class)),
            (old, same) -> old.better() == Better.NEITHER ? new Row(better, old.cells()) : old);
    return row.cells();
  }

  void rows(Report report) {
    rows.forEach(
        (title, row) -> {
          Map<String, Object> cells = new LinkedHashMap<>();
          cells.put("work", title.work());
          cells.put("measure", title.measure());
          for (Peer.Kind kind : kinds) {
            cells.put(kind.title(), row.cells().getOrDefault(kind, "–"));
          }
          cells.put("best", best(row));
          report.row(cells);
        });
  }

  private static String best(Row row) {
    Map<Peer.Kind, Double> figures = new EnumMap<>(Peer.Kind.class);
    row.cells()
        .forEach(
            (kind, cell) -> {
              if (cell instanceof Number figure) {
                figures.put(kind, figure.doubleValue());
              }
            });
    if (row.better() == Better.NEITHER || row.cells().size() < 2 || figures.isEmpty()) {
      return "";
    }
    boolean more = row.better() == Better.MORE;
    double best = figures.values().stream().reduce(more ? Math::max : Math::min).orElseThrow();
    return figures.entrySet().stream()
        .filter(
            figure ->
                more
                    ? figure.getValue() >= best * (1 - AS_GOOD)
                    : figure.getValue() <= best * (1 + AS_GOOD))
        .map(figure -> figure.getKey().title())
        .collect(Collectors.joining(" = "));
  }
}
