package io.carillon.clocknode.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OmissionTest {

  /** The rule, word by word: why each of these due times is left out at a step. */
  private static List<SkipReason> plainly(List<Long> dues, CatchUp catchUp, long now) {
    List<SkipReason> reasons = new ArrayList<>();
    for (int i = 0; i < dues.size(); i++) {
      long following = dues.stream().skip(i + 1).filter(d -> isMissed(d, catchUp, now)).count();
      boolean missed = isMissed(dues.get(i), catchUp, now);
      if (dues.get(i) < now - catchUp.windowMicros()) {
        reasons.add(SkipReason.CATCHUP_WINDOW);
      } else if (missed && catchUp.limit() == 0) {
        reasons.add(SkipReason.CATCHUP_NONE);
      } else if (missed && catchUp.limit() > 0 && following >= catchUp.limit()) {
        reasons.add(SkipReason.CATCHUP_LIMIT);
      } else {
        reasons.add(SkipReason.NONE);
      }
    }
    return reasons;
  }

  private static boolean isMissed(long due, CatchUp catchUp, long now) {
    return due < now - catchUp.graceMicros();
  }

  private static List<SkipReason> byOmissions(
      Occurrences times, List<Long> dues, CatchUp catchUp, long validTo, long now) {
    List<SkipReason> reasons = new ArrayList<>();
    while (reasons.size() < dues.size()) {
      long due = dues.get(reasons.size());
      Omission omission = Omission.at(now, catchUp, times, 5, due, validTo);
      if (omission == null) {
        reasons.add(SkipReason.NONE);
      } else {
        for (long one : dues) {
          if (one >= due && one <= omission.upTo()) {
            reasons.add(omission.reason());
          }
        }
      }
    }
    return reasons;
  }

  @Test
  void leavesOutWhatTheRuleSays() {
    long only = Long.getLong("carillon.seed", -1);
    for (long seed = only < 0 ? 0 : only; seed <= (only < 0 ? 3_000 : only); seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long period = 1 + random.nextInt(50);
      long jitter = random.nextBoolean() ? 0 : random.nextInt(80);
      long from = random.nextInt(1000);
      long to = random.nextInt(3) == 0 ? from + random.nextInt(500) : from;
      Occurrences times = new Every(period, Occurrences.NEVER, jitter, from, to);
      long now = 200 + random.nextInt(1000);
      long window = random.nextInt(1200);
      int limit = random.nextInt(4) == 0 ? CatchUp.NO_LIMIT : random.nextInt(30);
      CatchUp catchUp = new CatchUp(window, limit, random.nextLong(window + 1));
      long validTo = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(1200);
      List<Long> dues = new ArrayList<>();
      for (long due = times.nextDueAfter(5, random.nextInt(200));
          due <= Math.min(now, validTo);
          due = times.nextDueAfter(5, due)) {
        dues.add(due);
      }
      assertEquals(
          plainly(dues, catchUp, now),
          byOmissions(times, dues, catchUp, validTo, now),
          "-Dcarillon.seed=" + seed);
    }
  }
}
