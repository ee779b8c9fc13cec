package io.carillon.cli.terminal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows in columns as wide as what is in them. Printed piecewise; the columns never get narrower.
 */
public final class Table {

  private final List<String> titles;
  private final int[] widths;
  private final List<List<String>> rows = new ArrayList<>();
  private boolean titled;

  public Table(List<String> titles) {
    this.titles = titles;
    this.widths = titles.stream().mapToInt(String::length).toArray();
  }

  int size() {
    return rows.size();
  }

  public void add(List<String> cells) {
    List<String> clean = new ArrayList<>(cells.size());
    for (int i = 0; i < cells.size(); i++) {
      String cell = printable(cells.get(i));
      widths[i] = Math.max(widths[i], cell.length());
      clean.add(cell);
    }
    rows.add(clean);
  }

  /** A cell is one line, and must not steer the terminal. */
  private static String printable(String cell) {
    return cell.isEmpty() ? "-" : Printable.line(cell);
  }

  public void print(PrintWriter out) {
    if (!titled) {
      out.println(line(titles));
      titled = true;
    }
    rows.forEach(row -> out.println(line(row)));
    rows.clear();
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(Printable.pad(cells.get(i), widths[i])).append("  ");
    }
    return line.toString().stripTrailing();
  }
}
