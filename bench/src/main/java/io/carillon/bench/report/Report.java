package io.carillon.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one run of a scenario found. Figures without the machine, the settings and the checks beside
 * them mean nothing, so they are printed together.
 */
public final class Report {

  /** Something that must hold for the figures to count. */
  private record Check(String name, boolean ok, String found) {}

  private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();

  private final String scenario;
  private final String command;
  private Map<String, Object> machine = Map.of();
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final Map<String, Object> figures = new LinkedHashMap<>();
  private final List<Check> checks = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Chart> charts = new ArrayList<>();

  public Report(String scenario, String command) {
    this.scenario = scenario;
    this.command = command;
  }

  public void machine(Map<String, Object> facts) {
    machine = facts;
  }

  public void setting(String name, Object value) {
    settings.put(name, value);
  }

  /** A line of the table: titles with values. Rows may differ in their columns. */
  public void row(Map<String, Object> cells) {
    rows.add(cells);
  }

  /** A single number that the whole run comes down to. */
  public void figure(String name, Object value) {
    figures.put(name, value);
  }

  public void check(String name, boolean ok, String format, Object... arguments) {
    checks.add(new Check(name, ok, String.format(Locale.ROOT, format, arguments)));
  }

  public void note(String format, Object... arguments) {
    notes.add(String.format(Locale.ROOT, format, arguments));
  }

  /** A chart of the result, drawn where {@code --plot} asks for it. */
  public void chart(Chart chart) {
    charts.add(chart);
  }

  public List<Chart> charts() {
    return List.copyOf(charts);
  }

  public boolean allHold() {
    return checks.stream().allMatch(Check::ok);
  }

  public void printJson(PrintWriter out) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("scenario", scenario);
    all.put("command", command);
    all.put("machine", machine);
    all.put("settings", settings);
    all.put("rows", rows);
    all.put("figures", figures);
    all.put("checks", checks);
    all.put("notes", notes);
    out.println(JSON.toJson(all));
    out.flush();
  }

  /** For a page of documentation. */
  public void printMarkdown(PrintWriter out) {
    out.println("# " + scenario + "\n\n`" + command + "`\n");
    out.println("Machine: " + facts(machine) + ".\n\nSettings: " + facts(settings) + ".\n");
    List<String> titles = titles();
    out.println("| " + String.join(" | ", titles) + " |");
    out.println("|" + "---|".repeat(titles.size()));
    for (Map<String, Object> row : rows) {
      List<String> cells = titles.stream().map(title -> cell(row.getOrDefault(title, ""))).toList();
      out.println("| " + String.join(" | ", cells) + " |");
    }
    out.println();
    figures.forEach((name, value) -> out.println("- " + name + ": " + cell(value)));
    out.println("\n| check | holds | found |\n|---|---|---|");
    for (Check check : checks) {
      String holds = check.ok() ? "yes" : "**NO**";
      out.println("| " + check.name() + " | " + holds + " | " + check.found() + " |");
    }
    notes.forEach(note -> out.println("\n```\n" + note + "\n```"));
    out.flush();
  }

  private List<String> titles() {
    List<String> titles = new ArrayList<>();
    for (Map<String, Object> row : rows) {
      row.keySet().stream().filter(title -> !titles.contains(title)).forEach(titles::add);
    }
    return titles;
  }

  public void printTable(PrintWriter out) {
    out.println(scenario);
    out.println("  command   " + command);
    out.println("  machine   " + facts(machine));
    out.println("  settings  " + facts(settings));
    out.println();
    printRows(out);
    figures.forEach((name, value) -> out.println("  " + name + ": " + cell(value)));
    for (Check check : checks) {
      out.println(
          "  " + (check.ok() ? "ok    " : "FAILED") + "  " + check.name() + ": " + check.found());
    }
    notes.forEach(note -> out.println("  note    " + note));
    out.flush();
  }

  private static String facts(Map<String, Object> facts) {
    List<String> parts = new ArrayList<>();
    facts.forEach((name, value) -> parts.add(name + " " + cell(value)));
    return String.join(", ", parts);
  }

  private void printRows(PrintWriter out) {
    List<String> titles = titles();
    List<List<String>> lines = new ArrayList<>();
    lines.add(titles);
    for (Map<String, Object> row : rows) {
      lines.add(titles.stream().map(title -> cell(row.getOrDefault(title, ""))).toList());
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder("  ");
      for (int i = 0; i < titles.size(); i++) {
        int column = i;
        int width = lines.stream().mapToInt(l -> l.get(column).length()).max().orElse(0);
        String pad = " ".repeat(width - line.get(i).length());
        boolean text0 = rows.get(0).get(titles.get(i)) instanceof String;
        text.append(text0 ? line.get(i) + pad : pad + line.get(i)).append("  ");
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String cell(Object value) {
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      return Math.abs(number) >= 1000
          ? grouped(Math.round(number))
          : String.format(Locale.ROOT, Math.abs(number) < 10 ? "%.2f" : "%.1f", number);
    }
    return value instanceof Number ? grouped(((Number) value).longValue()) : value.toString();
  }

  /** 1234567 as "1 234 567". */
  public static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
  }
}
