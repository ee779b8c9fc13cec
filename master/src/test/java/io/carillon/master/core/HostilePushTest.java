package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.common.fire.SkipReason;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.PushedPart.SkippedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * An owner that pushes numbers at the edges of what numbers can be: none reaches the core's end.
 */
class HostilePushTest {

  private static final int SEEDS = 40;
  private static final int PUSHES = 300;

  private static long number(SplittableRandom random, long... plausible) {
    long[] edges = {
      Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE
    };
    long base =
        random.nextInt(3) == 0
            ? edges[random.nextInt(edges.length)]
            : plausible[random.nextInt(plausible.length)];
    return base + random.nextInt(-1, 2);
  }

  private static PushedPart part(CoreDriver driver, Revision revision, SplittableRandom random) {
    int p = random.nextInt(3) == 0 ? (int) number(random, 0) : 0;
    long watermark = driver.store.watermark[0];
    long now = driver.now;
    int n = random.nextInt(3);
    long[] schedule = new long[n];
    long[] due = new long[n];
    long[] version = new long[n];
    for (int i = 0; i < n; i++) {
      schedule[i] = number(random, revision.schedule());
      due[i] = number(random, watermark, now, now + SECOND);
      version[i] = number(random, revision.version());
    }
    List<SkippedRun> skipped = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      long first = revision.times().nextAfter(watermark);
      skipped.add(
          new SkippedRun(
              number(random, revision.schedule()),
              number(random, revision.version()),
              number(random, first, watermark, now),
              number(random, first, watermark, now),
              number(random, 1, 2),
              SkipReason.values()[random.nextInt(SkipReason.values().length)]));
    }
    return new PushedPart(
        p,
        number(random, driver.store.epoch[0]),
        random.nextBoolean() ? watermark : number(random, watermark),
        random.nextBoolean() ? driver.store.applied[0] : number(random, driver.store.applied[0]),
        number(random, now, now + SECOND, watermark),
        number(random, driver.store.applied[0], revision.version()),
        schedule,
        due,
        version,
        skipped,
        random.nextInt(10) == 0);
  }

  @Test
  void no_number_ends_the_core() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        run(new SplittableRandom(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void run(SplittableRandom random) {
    CoreDriver driver = new CoreDriver(1);
    long session = driver.soleOwner();
    Revision revision = driver.create(1, CoreDriver.every(SECOND));
    for (int i = 1; i <= PUSHES; i++) {
      driver.core.push(session, i, List.of(part(driver, revision, random)), driver.now);
      driver.core.watch(
          session, (int) number(random, 0), number(random, driver.store.epoch[0]), driver.now);
      driver.core.unwatch(session, (int) number(random, 0));
      driver.core.heartbeat(
          session,
          new NodeReport(
              false,
              number(random, 0),
              number(random, 0),
              number(random, 1),
              number(random, 1),
              number(random, driver.now)),
          driver.now);
      driver.settle();
      driver.advance(random.nextInt(100_000));
    }
    driver.advance(2 * SECOND);
    assertEquals(NodeState.ACTIVE, driver.state("a"));
  }
}
