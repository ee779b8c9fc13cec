package io.carillon.master.store.sql;

import java.util.SortedMap;

/** What is stored of some partitions is not what this master believes; nothing was written. */
public final class StoreMismatchException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient SortedMap<Integer, String> partitions;

  /**
   * @param partitions what is wrong with each
   */
  public StoreMismatchException(SortedMap<Integer, String> partitions) {
    super(String.join("; ", partitions.values()));
    this.partitions = partitions;
  }

  public SortedMap<Integer, String> partitions() {
    return partitions;
  }
}
