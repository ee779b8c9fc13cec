package io.carillon.master.delivery;

import io.carillon.master.core.delivery.Fires;

/** Some rows of fires, and what goes with each. */
public final class Batch {

  private final Fires fires;
  private final FireContent[] contents;
  private final int from;
  private int to;

  Batch(Fires fires, FireContent[] contents, int from) {
    this.fires = fires;
    this.contents = contents;
    this.from = from;
    this.to = from;
  }

  void add(FireContent content) {
    contents[to++] = content;
  }

  public Fires fires() {
    return fires;
  }

  /** The first row. */
  public int from() {
    return from;
  }

  /** The row after the last. */
  public int to() {
    return to;
  }

  public FireContent content(int row) {
    return contents[row];
  }
}
