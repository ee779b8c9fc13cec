package io.carillon.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A scenario run by a test, and its report. Tests of scenarios look at ratios within one run:
 * absolute times depend on the machine and on who shares it.
 */
public final class SmallRun {

  private final JsonObject report;

  private SmallRun(JsonObject report) {
    this.report = report;
  }

  /** Runs a scenario, whose own checks must hold and which must have measured something. */
  public static SmallRun of(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-o", "json"));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Bench.execute(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    assertEquals(0, exit, () -> out + "\n" + err);
    SmallRun run = new SmallRun(JsonParser.parseString(out.toString()).getAsJsonObject());
    assertFalse(run.rows().isEmpty(), out::toString);
    assertFalse(run.report.getAsJsonArray("checks").isEmpty(), out::toString);
    return run;
  }

  /** The lines of its table. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (JsonElement row : report.getAsJsonArray("rows")) {
      rows.add(new Row(row.getAsJsonObject()));
    }
    return rows;
  }

  /** The first row that has this text in this column. */
  public Row row(String column, String text) {
    for (Row row : rows()) {
      if (row.has(column) && row.text(column).equals(text)) {
        return row;
      }
    }
    throw new AssertionError("no row whose " + column + " is " + text + ": " + report);
  }

  /** A single number that the run came down to. */
  public double figure(String name) {
    JsonObject figures = report.getAsJsonObject("figures");
    assertTrue(figures.has(name), () -> "no figure " + name + ": " + figures);
    return figures.get(name).getAsDouble();
  }

  /** All of it, for the message of an assertion. */
  @Override
  public String toString() {
    return report.toString();
  }

  /** One line of the table. */
  public static final class Row {
    private final JsonObject cells;

    private Row(JsonObject cells) {
      this.cells = cells;
    }

    public boolean has(String column) {
      return cells.has(column);
    }

    public double number(String column) {
      return cell(column).getAsDouble();
    }

    public String text(String column) {
      return cell(column).getAsString();
    }

    private JsonElement cell(String column) {
      assertTrue(has(column), () -> "no column " + column + ": " + cells);
      return cells.get(column);
    }

    @Override
    public String toString() {
      return cells.toString();
    }
  }
}
