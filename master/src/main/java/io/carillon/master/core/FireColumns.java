package io.carillon.master.core;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Rows of the log as columns, in the order of {@code seq}: row i has seq {@code firstSeq + i}.
 *
 * <p>Filled by the core's thread while a commit is gathered, then handed on and never changed.
 */
public final class FireColumns {

  private int size;

  /** So many rows, if there are no others, are in the order of the log's key. */
  private int arranged;

  private long firstSeq;
  private long recordedAtMicros;
  public long[] nominalMicros = new long[64];
  public long[] schedule = new long[64];
  public long[] version = new long[64];
  public long[] epoch = new long[64];

  /** Equal to the nominal time but for skipped runs. */
  public long[] lastNominalMicros = new long[64];

  /** 0 for what fired. */
  public long[] skippedCount = new long[64];

  public int[] destination = new int[64];
  public int[] partition = new int[64];

  /** Codes of {@code FireKind}. */
  public int[] kind = new int[64];

  /** Codes of {@code SkipReason}: 0 for what fired. */
  public int[] skipReason = new int[64];

  public int size() {
    return size;
  }

  public long firstSeq() {
    return firstSeq;
  }

  public long lastSeq() {
    return firstSeq + size - 1;
  }

  public long recordedAtMicros() {
    return recordedAtMicros;
  }

  /** Appends a row of defaults for a fire and answers its index. */
  int append(
      long nominal, long scheduleNum, long revisionVersion, int partitionId, long partitionEpoch) {
    if (size == nominalMicros.length) {
      grow(Math.max(64, size * 2));
    }
    int row = size++;
    arranged = 0;
    nominalMicros[row] = nominal;
    schedule[row] = scheduleNum;
    version[row] = revisionVersion;
    epoch[row] = partitionEpoch;
    partition[row] = partitionId;
    lastNominalMicros[row] = nominal;
    // The row may have been taken back: nothing of what it was may stay.
    skippedCount[row] = 0;
    destination[row] = 0;
    kind[row] = 0;
    skipReason[row] = 0;
    return row;
  }

  /** Takes back the rows from {@code newSize} on. */
  void truncate(int newSize) {
    size = newSize;
    arranged = 0;
  }

  /** Those of some partitions, sealed as these are: without what is left out, the rest moves up. */
  FireColumns only(IntPredicate partitions) {
    int[] rows = IntStream.range(0, size).filter(row -> partitions.test(partition[row])).toArray();
    FireColumns kept = new FireColumns();
    kept.take(this, column -> reordered(column, rows), column -> reordered(column, rows));
    kept.size = rows.length;
    kept.seal(firstSeq, recordedAtMicros);
    return kept;
  }

  /**
   * Whether every row is what most are, a fire of its spec: kind and skip reason are 0, and what
   * speaks of skipped runs says nothing.
   */
  public boolean isOrdinary() {
    for (int i = 0; i < size; i++) {
      if (kind[i] != 0 || skipReason[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Ends the gathering: brings the rows into the order of the log's key, gives them their place in
   * the log and cuts the arrays to size.
   */
  void seal(long seq, long recordedAt) {
    firstSeq = seq;
    recordedAtMicros = recordedAt;
    arrange();
  }

  /**
   * Brings the rows into the order of the log's key, and cuts the arrays to size. Before {@link
   * #seal} has to, as what comes then is waited for.
   */
  void arrange() {
    if (arranged == nominalMicros.length) {
      return;
    }
    int[] order = inOrderOfKey();
    take(this, column -> reordered(column, order), column -> reordered(column, order));
    arranged = size;
  }

  /**
   * Rows in the order of the log's key: its index takes them faster so, and nothing else asks for
   * it. What does not go into one number with the row stays as it is.
   */
  private int[] inOrderOfKey() {
    int[] order = new int[size];
    Arrays.setAll(order, row -> row);
    sort(order, 0, size, nominalMicros);
    for (int from = 0, to; from < size; from = to) {
      to = from + 1;
      while (to < size && nominalMicros[order[to]] == nominalMicros[order[from]]) {
        to++;
      }
      if (to - from > 1) {
        sort(order, from, to, schedule);
      }
    }
    return order;
  }

  /** Sorts some rows by a column. */
  private static void sort(int[] order, int from, int to, long[] by) {
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (int i = from; i < to; i++) {
      least = Math.min(least, by[order[i]]);
      most = Math.max(most, by[order[i]]);
    }
    int rowBits = 64 - Long.numberOfLeadingZeros(order.length);
    if (to - from < 2 || most - least < 0 || most - least > Long.MAX_VALUE >> rowBits) {
      return;
    }
    long[] keys = new long[to - from];
    for (int i = from; i < to; i++) {
      keys[i - from] = (by[order[i]] - least) << rowBits | order[i];
    }
    Arrays.sort(keys);
    for (int i = from; i < to; i++) {
      order[i] = (int) (keys[i - from] & (1L << rowBits) - 1);
    }
  }

  private static long[] reordered(long[] values, int[] order) {
    long[] result = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      result[i] = values[order[i]];
    }
    return result;
  }

  private static int[] reordered(int[] values, int[] order) {
    int[] result = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      result[i] = values[order[i]];
    }
    return result;
  }

  private void grow(int length) {
    take(this, column -> Arrays.copyOf(column, length), column -> Arrays.copyOf(column, length));
  }

  /** Takes the columns of another, each as these make it. A new column is to be named here. */
  private void take(FireColumns from, UnaryOperator<long[]> longs, UnaryOperator<int[]> ints) {
    nominalMicros = longs.apply(from.nominalMicros);
    schedule = longs.apply(from.schedule);
    version = longs.apply(from.version);
    epoch = longs.apply(from.epoch);
    lastNominalMicros = longs.apply(from.lastNominalMicros);
    skippedCount = longs.apply(from.skippedCount);
    destination = ints.apply(from.destination);
    partition = ints.apply(from.partition);
    kind = ints.apply(from.kind);
    skipReason = ints.apply(from.skipReason);
  }
}
