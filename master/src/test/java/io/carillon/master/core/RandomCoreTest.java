package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.DESTINATION;
import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.config.Records;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.CommitPlan.BackfillFires;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.core.Mutation.Outcome;
import io.carillon.master.core.Mutation.Planned;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random life of a cluster: mutations, nodes that come and go, writes that take their time, masters
 * that restart. In the end the log must be what the revisions say.
 */
class RandomCoreTest {

  private static final int SEEDS = Integer.getInteger("carillon.seeds", 60);
  private static final int STEPS = 1_500;

  @Test
  void the_log_is_what_the_revisions_say_each_once_and_none_early() {
    long only = Long.getLong("carillon.seed", -1);
    int promotions = 0;
    long held = 0;
    long suspected = 0;
    for (long seed = only < 0 ? 1 : only; seed <= (only < 0 ? SEEDS : only); seed++) {
      Life life = new Life(seed);
      try {
        life.live();
        promotions += life.nodes.stream().mapToInt(node -> node.promotions).sum();
        held += life.held;
        suspected += life.suspected;
      } catch (Throwable failure) {
        throw new AssertionError("seed " + seed + " (-Dcarillon.seed=" + seed + ")", failure);
      }
    }
    System.out.printf("promoted %d, held %d, suspected %d%n", promotions, held, suspected);
    assertTrue(
        only >= 0 || promotions > SEEDS && held > SEEDS && suspected > SEEDS,
        "what is to be tested happens");
  }

  private static final class Life {
    private static final int PARTITIONS = 4;

    private final SplittableRandom random;
    private final CoreDriver driver;
    private final List<ModelNode> nodes = new ArrayList<>();

    /** Versions of the schedules that are there, as the answers tell. */
    private final TreeMap<Long, Long> versions = new TreeMap<>();

    private final long[] lastWatermark = new long[PARTITIONS];
    private final long[] lastEpoch = new long[PARTITIONS];
    private long nextSchedule = 1;
    private int triggered;
    private int backfills;
    private long held;
    private long suspected;

    /** Times of each backfill that was answered as recorded. */
    private final TreeMap<Integer, Integer> backfilled = new TreeMap<>();

    Life(long seed) {
      random = new SplittableRandom(seed);
      driver =
          new CoreDriver(
              PARTITIONS, Records.with(CoreSettings.defaults(), "warmStandby", seed % 2 == 0));
      driver.takesAhead = seed % 4 != 3;
      for (String id : new String[] {"a", "b", "c"}) {
        nodes.add(new ModelNode(id, driver));
      }
      if (seed % 3 == 0) {
        nodes.forEach(node -> node.lies = random.split());
      }
      driver.rejection = group -> random.nextInt(10) == 0 ? "SCHEDULE_EXISTS" : null;
    }

    void live() {
      for (int step = 0; step < STEPS; step++) {
        step();
        check();
      }
      heal();
      long end = driver.now;
      for (int i = 0; i < 400; i++) {
        everyday();
      }
      for (long watermark : driver.store.watermark) {
        assertTrue(watermark > end, "no progress after everything was healed");
      }
      assertEquals(driver.store.expected(), driver.store.recorded());
      // Some were recorded as a master ended, and nobody was told.
      assertTrue(driver.store.fires.stream().filter(fire -> fire.kind() == 1).count() >= triggered);
      backfilled.forEach(
          (number, times) ->
              assertEquals(
                  (long) times,
                  driver.store.fires.stream().filter(fire -> fire.kind() == 1 + number).count()));
      assertTrue(driver.store.fires.size() > 100, "nothing much happened");
    }

    private void step() {
      ModelNode node = nodes.get(random.nextInt(nodes.size()));
      switch (random.nextInt(60)) {
        case 0 -> driver.holdFires = random.nextInt(3) == 0;
        case 1 -> driver.holdMutations = random.nextInt(3) == 0;
        case 2 -> driver.holdNodes = random.nextInt(4) == 0;
        case 3 -> node.cut(random.nextBoolean());
        case 4, 5 -> {
          if (!node.isConnected()) {
            node.connect();
          }
        }
        case 6 -> {
          if (random.nextInt(3) == 0) {
            node.start();
          }
        }
        case 7 -> {
          if (random.nextInt(4) == 0) {
            restartMaster();
          }
        }
        case 8 -> {
          if (node.isConnected()) {
            node.sendAgain();
          }
        }
        case 9 -> driver.core.drainNode(node.id, reason -> {}, driver.now);
        case 10 -> driver.advance(random.nextLong(3 * SECOND));
        case 11, 12, 13, 14, 15, 16 -> mutate();
        case 17 -> trigger();
        case 18 -> {
          if (random.nextInt(4) == 0) {
            backfill();
          }
        }
        case 19 -> {
          if (random.nextInt(8) == 0) {
            driver.core.lose(node.id, reason -> {}, driver.now);
          }
        }
        case 20 -> node.setClock(random.nextInt(3) == 0 ? SECOND : 0);
        default -> everyday();
      }
      driver.settle();
      endSomeWrites();
    }

    private void everyday() {
      driver.advance(random.nextLong(30_000));
      for (ModelNode node : nodes) {
        node.read();
        // Its clock may be a little off.
        node.tick(driver.now + random.nextLong(-20_000, 20_000));
        node.read();
      }
    }

    private void endSomeWrites() {
      if (random.nextInt(4) == 0) {
        driver.endFires();
        driver.settle();
      }
      if (driver.heldMutations != null && random.nextInt(4) == 0) {
        driver.endMutations();
        driver.settle();
      }
      if (random.nextInt(4) == 0) {
        driver.endNodes();
        driver.settle();
      }
    }

    private void restartMaster() {
      count();
      // A write may have happened though its end was never heard of.
      if (random.nextBoolean()) {
        boolean held = driver.holdFires;
        driver.holdFires = true;
        driver.endFires();
        driver.holdFires = held;
      }
      if (driver.heldMutations != null && random.nextBoolean()) {
        driver.endMutations();
      }
      nodes.forEach(node -> node.cut(false));
      driver.restartMaster();
      // What clients were not told they do not know: read again.
      versions.clear();
      driver.store.versions().forEach(versions::put);
    }

    private ScheduleSpec spec() {
      return ScheduleSpec.of(
          new ScheduleSpec.IntervalRule(
              50_000 + random.nextLong(2 * SECOND), random.nextLong(SECOND)),
          ZoneId.of("UTC"));
    }

    private Mutation.Content content() {
      ScheduleSpec spec = spec();
      long jitter = random.nextBoolean() ? random.nextLong(3 * SECOND) : 0;
      long from = driver.now + random.nextLong(10 * SECOND);
      long to = random.nextInt(3) == 0 ? from + random.nextLong(60 * SECOND) : from;
      return new Mutation.Content(
          spec.canonical(),
          new BentTimes(spec.compile(), jitter, from, to),
          catchUp(),
          DESTINATION,
          Long.MAX_VALUE,
          Mutation.Content.EFFECTIVE);
    }

    /** The times that the schedule had, perhaps with another jitter: none may come twice. */
    private Occurrences rejittered(long schedule) {
      BentTimes times = (BentTimes) driver.store.lastTimes(schedule);
      return random.nextBoolean()
          ? times
          : new BentTimes(times.of(), random.nextLong(3 * SECOND), times.from(), times.to());
    }

    private CatchUp catchUp() {
      long window = random.nextInt(3) == 0 ? 2 * SECOND : 3600 * SECOND;
      int limit =
          switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 1 + random.nextInt(10);
            default -> CatchUp.NO_LIMIT;
          };
      return new CatchUp(window, limit, random.nextLong(SECOND));
    }

    /** Now and then a pause that ends by itself, or one that is made up for. */
    private Mutation.Content opening(long schedule, boolean creates) {
      Mutation.Content content = content();
      long paused = creates ? -1 : driver.store.pausedSince(schedule, driver.now);
      long from =
          switch (random.nextInt(4)) {
            case 0 -> driver.now + random.nextLong(5 * SECOND);
            case 1 -> paused < 0 ? Mutation.Content.EFFECTIVE : paused;
            default -> Mutation.Content.EFFECTIVE;
          };
      return new Mutation.Content(
          content.spec(),
          creates || random.nextBoolean() ? content.times() : rejittered(schedule),
          content.catchUp(),
          content.destination(),
          content.opensBefore(),
          from,
          paused < 0 ? Mutation.Content.UNKNOWN : driver.store.ownedUpTo(schedule));
    }

    private void mutate() {
      boolean creates = versions.isEmpty() || versions.size() < 12 && random.nextBoolean();
      long schedule =
          creates
              ? nextSchedule++
              : List.copyOf(versions.keySet()).get(random.nextInt(versions.size()));
      long expected = creates ? 0 : versions.get(schedule);
      int kind = creates ? 0 : random.nextInt(4);
      Mutation mutation =
          CoreDriver.mutation(
              schedule,
              (int) (schedule % PARTITIONS),
              expected,
              kind < 2 ? opening(schedule, creates) : null,
              kind == 3);
      driver.core.mutate(
          new Mutation.Group(List.of(mutation), result -> answered(mutation, result)), driver.now);
    }

    private void answered(Mutation mutation, GroupResult result) {
      if (result.outcome() == Outcome.DONE) {
        Planned planned = result.planned().get(0);
        opensWhereAsked(planned);
        versions.put(mutation.schedule(), planned.version());
        if (mutation.deletes()) {
          versions.remove(mutation.schedule());
        }
      }
    }

    private static void opensWhereAsked(Planned planned) {
      Mutation.Content content = planned.mutation().opens();
      if (content != null) {
        long asked =
            content.validFrom() == Mutation.Content.EFFECTIVE
                ? planned.effective()
                : content.validFrom();
        boolean held = planned.closed() != null && planned.closed().owes(0, 0);
        long end = held ? planned.closed().validTo() : asked;
        assertEquals(Math.max(asked, end), planned.opened().validFrom(), "where it opens");
      }
    }

    private void trigger() {
      if (!versions.isEmpty()) {
        long schedule = versions.firstKey();
        driver.core.trigger(
            new ManualFire(
                schedule,
                (int) (schedule % PARTITIONS),
                versions.get(schedule),
                DESTINATION,
                this::triggered,
                0),
            driver.now);
      }
    }

    private void backfill() {
      if (!versions.isEmpty()) {
        long schedule = versions.firstKey();
        int number = ++backfills;
        long[] times = new long[random.nextInt(3_000)];
        for (int i = 0; i < times.length; i++) {
          times[i] = driver.now - (times.length - i) * 60 * SECOND;
        }
        driver.core.backfill(
            new BackfillFires(
                schedule,
                (int) (schedule % PARTITIONS),
                versions.get(schedule),
                DESTINATION,
                number,
                times,
                result -> {
                  if (result.recorded()) {
                    backfilled.put(number, times.length);
                  }
                }),
            driver.now);
      }
    }

    private void triggered(TriggerResult result) {
      triggered += result.recorded() ? 1 : 0;
    }

    private void check() {
      for (int p = 0; p < PARTITIONS; p++) {
        assertTrue(driver.store.watermark[p] >= lastWatermark[p], "watermark fell");
        assertTrue(driver.store.epoch[p] >= lastEpoch[p], "epoch fell");
        lastWatermark[p] = driver.store.watermark[p];
        lastEpoch[p] = driver.store.epoch[p];
      }
    }

    /** The counters end with their master. */
    private void count() {
      held += driver.counter(Counters.Counter.NODES_HELD);
      suspected += driver.counter(Counters.Counter.NODES_SUSPECTED);
    }

    private void heal() {
      count();
      driver.holdFires = false;
      driver.holdMutations = false;
      driver.holdNodes = false;
      driver.endNodes();
      driver.settle();
      driver.endFires();
      driver.settle();
      if (driver.heldMutations != null) {
        driver.endMutations();
      }
      driver.settle();
      for (ModelNode node : nodes) {
        node.lies = null;
        node.setClock(0);
        node.start();
      }
      driver.advance(SECOND);
    }
  }
}
