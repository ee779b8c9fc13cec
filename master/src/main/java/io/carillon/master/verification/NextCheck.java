package io.carillon.master.verification;

import io.carillon.master.store.fires.LedgerScan.Recorded;
import io.carillon.master.store.fires.Verifications.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which partitions are checked next, and how far: those that were checked equally far go together,
 * as they share the rows of the slice, and wait for none that is recorded less far.
 *
 * @param after checked up to this due time
 * @param upTo may be checked up to this one
 */
record NextCheck(List<Integer> partitions, long after, long upTo) {

  /**
   * The next check of the partitions that are recorded up to the horizon, or of those that are not;
   * null if there is nothing to check of them.
   */
  static NextCheck of(
      Map<Integer, Seen> seen, Map<Integer, Recorded> recorded, long horizon, boolean current) {
    long after = Long.MAX_VALUE;
    List<Integer> partitions = new ArrayList<>();
    for (Map.Entry<Integer, Seen> one : seen.entrySet()) {
      long checked = one.getValue().upTo().watermark();
      long watermark = recorded.get(one.getKey()).settled().watermark();
      if (watermark >= horizon == current && Math.min(watermark, horizon) > checked) {
        if (checked < after) {
          after = checked;
          partitions.clear();
        }
        if (checked == after) {
          partitions.add(one.getKey());
        }
      }
    }
    if (partitions.isEmpty()) {
      return null;
    }
    long upTo = horizon;
    for (int partition : partitions) {
      upTo = Math.min(upTo, recorded.get(partition).settled().watermark());
    }
    for (Seen other : seen.values()) {
      // There they meet, and go on together.
      if (other.upTo().watermark() > after) {
        upTo = Math.min(upTo, other.upTo().watermark());
      }
    }
    return new NextCheck(partitions, after, upTo);
  }
}
