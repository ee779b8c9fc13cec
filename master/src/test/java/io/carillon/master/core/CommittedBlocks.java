package io.carillon.master.core;

/** Commits as the core would tell them. */
public final class CommittedBlocks {

  private CommittedBlocks() {}

  /** Row i goes to destination {@code destinations[i]}; its schedule is 1000 + seq, all on time. */
  public static FireColumns block(long firstSeq, long recordedAt, int... destinations) {
    FireColumns block = new FireColumns();
    for (int i = 0; i < destinations.length; i++) {
      int row = block.append(recordedAt, 1000 + firstSeq + i, 1, 0, 7);
      block.destination[row] = destinations[i];
    }
    block.seal(firstSeq, recordedAt);
    return block;
  }
}
