package io.carillon.master.core.ledger;

import org.agrona.collections.Long2ObjectHashMap;

/** Places in the log that were met: a bit each, in pages, so at most a bit for each fire. */
final class SeqSet {

  private static final int PAGE_BITS = 16;
  private static final int WORDS = 1 << PAGE_BITS - 6;

  private final Long2ObjectHashMap<long[]> pages = new Long2ObjectHashMap<>();

  /** Whether it was not in it before. */
  boolean add(long seq) {
    long[] page = pages.computeIfAbsent(seq >> PAGE_BITS, at -> new long[WORDS]);
    int word = (int) (seq >> 6) & WORDS - 1;
    long bit = 1L << seq;
    boolean isNew = (page[word] & bit) == 0;
    page[word] |= bit;
    return isNew;
  }
}
