package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;
import java.util.Arrays;

/**
 * Fires as columns, in the order in which they were added: what a destination needs to know of
 * them. A hundred thousand of these are moved each second, so they are not objects.
 */
public final class Fires {

  private int size;
  public long[] seq = {};
  public long[] nominalMicros = {};
  public long[] schedule = {};
  public long[] version = {};
  public long[] recordedAtMicros = {};
  public long[] epoch = {};
  public int[] partition = {};
  public int[] kind = {};

  /** Which attempt this is; for parked fires, how many were made. */
  public int[] attempt = {};

  public Fires(int capacity) {
    grow(Math.max(1, capacity));
  }

  public int size() {
    return size;
  }

  /** Appends a fire whose columns are then to be set, and answers its row. */
  public int append() {
    if (size == seq.length) {
      grow(size * 2);
    }
    return size++;
  }

  /** Appends a row of another. */
  public int append(Fires from, int row) {
    int to = append();
    copy(from, row, to);
    return to;
  }

  /** Appends a row of a commit. */
  public void append(FireColumns from, int row) {
    copy(from, row, append());
  }

  void copy(Fires from, int row, int to) {
    seq[to] = from.seq[row];
    nominalMicros[to] = from.nominalMicros[row];
    schedule[to] = from.schedule[row];
    version[to] = from.version[row];
    recordedAtMicros[to] = from.recordedAtMicros[row];
    epoch[to] = from.epoch[row];
    partition[to] = from.partition[row];
    kind[to] = from.kind[row];
    attempt[to] = from.attempt[row];
  }

  void copy(FireColumns from, int row, int to) {
    seq[to] = from.firstSeq() + row;
    nominalMicros[to] = from.nominalMicros[row];
    schedule[to] = from.schedule[row];
    version[to] = from.version[row];
    recordedAtMicros[to] = from.recordedAtMicros();
    epoch[to] = from.epoch[row];
    partition[to] = from.partition[row];
    kind[to] = from.kind[row];
    attempt[to] = 0;
  }

  private void grow(int length) {
    seq = Arrays.copyOf(seq, length);
    nominalMicros = Arrays.copyOf(nominalMicros, length);
    schedule = Arrays.copyOf(schedule, length);
    version = Arrays.copyOf(version, length);
    recordedAtMicros = Arrays.copyOf(recordedAtMicros, length);
    epoch = Arrays.copyOf(epoch, length);
    partition = Arrays.copyOf(partition, length);
    kind = Arrays.copyOf(kind, length);
    attempt = Arrays.copyOf(attempt, length);
  }
}
