package io.carillon.master.store;

import java.util.SortedMap;

/** What is stored of some partitions is not what this master believes; nothing was written. */
public final class StoreMismatchException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient SortedMap<Integer, String> partitions;

  /**
   * @param partitions what is wrong with each
   */
  StoreMismatchException(SortedMap<Integer, String> partitions) {
    super(String.join("; ", partitions.values()));
    this.partitions = partitions;
  }

  SortedMap<Integer, String> partitions() {
    return partitions;
  }
}
