package io.carillon.master.core;

import java.util.Arrays;

/**
 * Rows of the log as columns, in the order of {@code seq}: row i has seq {@code firstSeq + i}.
 *
 * <p>Filled by the core's thread while a commit is gathered, then handed on and never changed.
 */
public final class FireColumns {

  private int size;
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
      grow(size * 2);
    }
    int row = size++;
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
  }

  /** Ends the gathering: gives the rows their place in the log and cuts the arrays to size. */
  void seal(long seq, long recordedAt) {
    firstSeq = seq;
    recordedAtMicros = recordedAt;
    grow(size);
  }

  private void grow(int length) {
    nominalMicros = Arrays.copyOf(nominalMicros, length);
    schedule = Arrays.copyOf(schedule, length);
    version = Arrays.copyOf(version, length);
    epoch = Arrays.copyOf(epoch, length);
    lastNominalMicros = Arrays.copyOf(lastNominalMicros, length);
    skippedCount = Arrays.copyOf(skippedCount, length);
    destination = Arrays.copyOf(destination, length);
    partition = Arrays.copyOf(partition, length);
    kind = Arrays.copyOf(kind, length);
    skipReason = Arrays.copyOf(skipReason, length);
  }
}
