package io.carillon.master.verification;

import io.carillon.common.time.Micros;
import io.carillon.master.store.fires.LedgerScan.Recorded;
import io.carillon.master.store.fires.Verifications.Seen;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once, and once again when it is over, what lags: partitions, or the check itself. */
final class Lags {

  private static final Logger log = LoggerFactory.getLogger(Lags.class);
  private static final long MOST_MICROS = 10 * Micros.PER_SECOND;
  private static final long MOST_CHECK_MICROS = 60 * Micros.PER_SECOND;

  private SortedSet<Integer> lagging = new TreeSet<>();
  private boolean checkLags;

  void look(Map<Integer, Recorded> recorded, Map<Integer, Seen> seen, long now) {
    SortedSet<Integer> late = new TreeSet<>();
    long least = Long.MAX_VALUE;
    // How far the check is behind what is recorded, where it has begun.
    long behind = 0;
    for (Map.Entry<Integer, Recorded> one : recorded.entrySet()) {
      long watermark = one.getValue().settled().watermark();
      if (one.getValue().owner() != null && now - watermark > MOST_MICROS) {
        late.add(one.getKey());
        least = Math.min(least, watermark);
      }
      long checked = seen.get(one.getKey()).upTo().watermark();
      behind = Math.max(behind, checked == 0 ? 0 : watermark - checked);
    }
    if (!late.equals(lagging)) {
      if (late.isEmpty()) {
        log.info("no partition with an owner lags any more");
      } else {
        log.warn(
            "{} partitions have an owner and are not recorded beyond {}: {}",
            late.size(),
            Micros.format(least),
            NumberRanges.text(late));
      }
      lagging = late;
    }
    tellOfCheck(behind);
  }

  private void tellOfCheck(long behind) {
    if (behind > MOST_CHECK_MICROS && !checkLags) {
      checkLags = true;
      log.warn(
          "the check of the ledger is {} s behind what is recorded: fires come first",
          behind / Micros.PER_SECOND);
    } else if (behind < MOST_CHECK_MICROS / 2 && checkLags) {
      checkLags = false;
      log.info("the check of the ledger has caught up");
    }
  }
}
