package io.carillon.bench.peers;

import io.carillon.bench.report.Report;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was measured of the peers, side by side: a row for each measure, a column for each peer. */
final class SideBySide {

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

  /** What is not equal in kind, and must be known by whoever reads the figures. */
  private static final List<String> NOTES =
      List.of(
          "A fire of Carillon is recorded in a ledger that stays, delivered to another process and"
              + " acknowledged by it. db-scheduler and Quartz run the job in the process that"
              + " decides, and keep no record of what fired: a one-shot's row is deleted.",
          "Carillon delivers at least once, with an id to dedupe by, and records every time exactly"
              + " once. db-scheduler and Quartz run a time once, and again if a process died while"
              + " it ran.",
          "Carillon's figures are of one master (two in the fail-over), two clock nodes and the"
              + " consumers, all processes of their own. CPU of the consumer is the client's: a"
              + " library has none of it, as the job runs in the library's own process.",
          "burst: db-scheduler and Quartz are started when all is due and the tables are vacuumed;"
              + " Carillon stands ready and all comes due at once. A tenth of the burst is run"
              + " before, to warm up.",
          "burst, steady: CPU is of all processes, from the start of the burst until half a second"
              + " after its last execution, and in the window.",
          "steady: the schedules of db-scheduler go from one time of the timetable to the next."
              + " Its own recurring tasks leave out times that were missed, and drift.",
          "steady: lateness of db-scheduler is mostly its polling interval; --poll changes it, at a"
              + " cost in CPU. Quartz takes triggers ahead and waits for their millisecond, up to"
              + " two of them before it.",
          "steady: a time that has not come two seconds after the window counts as late as it is by"
              + " then.",
          "create: neither library is started meanwhile; Carillon's cluster takes the schedules up, and"
              + " a call of it crosses to another process.",
          "fail-over: db-scheduler's heartbeat and Quartz's check-in are as short as their documents"
              + " allow or nearly so; by default (5 min × 6, 7.5 s) both take longer. Times that"
              + " never came are those that a peer left out while a schedule was held by the dead"
              + " process.",
          "fail-over: a library's process is all that Carillon divides into consumer, clock node and"
              + " master, so its one kill stands in all three. Carillon's kills follow each other,"
              + " and nothing is started again: the last meets one master, one node, one"
              + " consumer.");

  private final List<Peer.Kind> kinds;
  private final Map<Title, Row> rows = new LinkedHashMap<>();
  private final Map<Peer.Kind, Map<String, Map<String, String>>> tunings =
      new EnumMap<>(Peer.Kind.class);

  SideBySide(List<Peer.Kind> kinds) {
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

  /** How a peer was tuned for a work. */
  void tuned(Peer.Kind kind, String work, Map<String, String> settings) {
    tunings.computeIfAbsent(kind, k -> new LinkedHashMap<>()).put(work, settings);
  }

  /** How each peer was tuned, said once; and of each work what was other there. */
  void settings(Report report) {
    tunings.forEach(
        (kind, works) -> {
          Map<String, String> common = null;
          for (Map.Entry<String, Map<String, String>> work : works.entrySet()) {
            if (common == null) {
              common = work.getValue();
              report.setting(kind.title(), text(common));
            } else {
              Map<String, String> other = new LinkedHashMap<>(work.getValue());
              other.entrySet().removeAll(common.entrySet());
              if (!other.isEmpty()) {
                report.setting(kind.title() + " in " + work.getKey(), text(other));
              }
            }
          }
        });
  }

  private static String text(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + " " + setting.getValue())
        .collect(Collectors.joining("; ", "(", ")"));
  }

  void notes(Report report) {
    NOTES.forEach(note -> report.note("%s", note));
  }
}
