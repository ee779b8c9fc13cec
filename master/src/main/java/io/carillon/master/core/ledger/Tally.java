package io.carillon.master.core.ledger;

import java.util.EnumMap;
import java.util.Map;

/** What comparisons counted, in nominal times. Of one thread. */
public final class Tally {

  /** Owed, counted by the spec alone; without gaps it is the sum of fired and skipped. */
  public long owed;

  public long fired;
  public long skipped;

  private final Map<Gap.Kind, Long> gaps = new EnumMap<>(Gap.Kind.class);

  void add(Gap gap) {
    gaps.merge(gap.kind(), gap.count(), Long::sum);
  }

  /** How many nominal times are in gaps of this kind. */
  public long gaps(Gap.Kind kind) {
    return gaps.getOrDefault(kind, 0L);
  }

  /** How many nominal times are in gaps of any kind. */
  public long gaps() {
    return gaps.values().stream().mapToLong(Long::longValue).sum();
  }
}
