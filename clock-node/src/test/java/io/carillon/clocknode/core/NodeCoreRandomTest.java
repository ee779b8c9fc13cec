package io.carillon.clocknode.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.CatchUp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A core against the model master, in virtual time, with everything between them lost, late or
 * refused at random. {@code -Dseed=n} runs one seed, {@code -Dseeds=n} the first n.
 */
class NodeCoreRandomTest {

  private static final int PARTITIONS = 4;
  private static final int STEPS = 4000;
  private static final long START = 1_000_000_000L;

  private static final class World {
    private final SplittableRandom random;
    private final ModelMaster master = new ModelMaster(PARTITIONS, START, Every.specs());
    private final NodeCore core;
    private final boolean[] watched = new boolean[PARTITIONS];
    private final boolean[] releasing = new boolean[PARTITIONS];

    /** Another node owns it, and this one is its standby. */
    private final boolean[] foreign = new boolean[PARTITIONS];

    /** The epoch that the watch was opened with. */
    private final long[] watchEpoch = new long[PARTITIONS];

    private final boolean standbys;
    private final ArrayDeque<NodeCommand> toMaster = new ArrayDeque<>();
    private final ArrayDeque<FireBatch> pushes = new ArrayDeque<>();
    private final ArrayDeque<PartitionUpdate> watch = new ArrayDeque<>();
    private final ArrayDeque<Runnable> acks = new ArrayDeque<>();
    private boolean registered;
    private long now = START;
    private long lastBatch;
    private long lies;
    private long handovers;
    private long promotions;

    World(long seed) {
      standbys = seed % 2 == 0;
      random = new SplittableRandom(seed);
      core = new NodeCore(new NodeLimits(1000, 100_000, 20, 50, 4, 120), Every.specs());
    }

    void step(boolean calm) {
      now += random.nextLong(random.nextInt(20) == 0 ? 400_000 : 8_000);
      if (!calm && random.nextInt(400) == 0) {
        now += random.nextLong(20_000_000);
      }
      switch (random.nextInt(calm ? 6 : 10)) {
        case 0, 1 -> perform(core.tick(now));
        case 2 -> deliverRequest();
        case 3 -> deliverPush(calm);
        case 4 -> deliverNews();
        case 5 -> deliverAcknowledgement();
        case 6 -> mutate();
        case 7 -> {
          deliverNews();
          deliverAcknowledgement();
        }
        default -> disturb();
      }
      for (int p = 0; p < PARTITIONS; p++) {
        if (foreign[p] && random.nextInt(10) == 0) {
          master.recordAll(p, now);
        }
      }
      if (!registered && random.nextInt(20) == 0) {
        registered = true;
        lastBatch = 0;
        perform(core.onRegistered());
        assign();
      }
    }

    private void perform(List<NodeCommand> commands) {
      for (NodeCommand command : commands) {
        if (command instanceof NodeCommand.Push push) {
          assertTrue(registered, "pushed without a session");
          assertTrue(
              lastBatch == 0 || push.batch().number() == lastBatch + 1, "numbers in sequence");
          lastBatch = push.batch().number();
          pushes.add(push.batch());
        } else if (!(command instanceof NodeCommand.Announce)) {
          toMaster.add(command);
        }
      }
    }

    private void deliverRequest() {
      NodeCommand command = toMaster.poll();
      if (command instanceof NodeCommand.Open open) {
        for (NodeCommand.PartitionAt at : open.partitions()) {
          List<PartitionUpdate> listing =
              master.list(
                  at.partition(), at.epoch(), 1 + random.nextInt(4), foreign[at.partition()]);
          if (listing.get(0).refused()) {
            // Another watch of the same partition may go on.
            watch.addAll(listing);
            continue;
          }
          watched[at.partition()] = true;
          watchEpoch[at.partition()] = at.epoch();
          watch.addAll(listing);
        }
      } else if (command instanceof NodeCommand.Close close) {
        close.partitions().forEach(partition -> watched[partition] = false);
      }
    }

    private void deliverPush(boolean calm) {
      FireBatch batch = pushes.poll();
      if (batch == null) {
        return;
      }
      List<Refusal> refusals = new ArrayList<>();
      for (BatchPart part : batch.parts()) {
        Refusal.Reason reason;
        if (!calm && random.nextInt(150) == 0) {
          lies++;
          reason =
              random.nextBoolean() ? Refusal.Reason.MALFORMED : Refusal.Reason.WATERMARK_MISMATCH;
        } else {
          reason = master.accept(part, now);
        }
        if (reason != null) {
          refusals.add(new Refusal(part.partition(), part.epoch(), reason));
        } else if (part.last()) {
          handovers++;
          moveAway(part.partition());
        }
      }
      acks.add(() -> perform(core.onAcknowledged(batch.number(), refusals)));
    }

    private void deliverNews() {
      PartitionUpdate update = watch.poll();
      if (update != null) {
        perform(core.onPartitionUpdate(update));
      }
    }

    private void deliverAcknowledgement() {
      Runnable ack = acks.poll();
      if (ack != null) {
        ack.run();
      }
    }

    private void mutate() {
      int partition = random.nextInt(PARTITIONS);
      String spec = spec();
      CatchUp window = catchUp();
      PartitionUpdate news =
          switch (random.nextInt(9)) {
            case 0 -> master.create(partition, spec, window, now);
            case 1 -> master.change(partition, null, window, now, random);
            case 2 -> master.resume(partition, spec, window, random);
            default -> master.change(partition, spec, window, now, random);
          };
      if (news != null && watched[partition]) {
        watch.add(
            new PartitionUpdate(
                partition,
                watchEpoch[partition],
                null,
                news.revisions(),
                news.closes(),
                news.markVersion(),
                false));
      }
    }

    private String spec() {
      String spec = "every " + (1 + random.nextLong(40)) * 25_000;
      if (random.nextBoolean()) {
        spec += " jitter " + (1 + random.nextLong(1_000_000));
      }
      if (random.nextInt(3) == 0) {
        long from = now + random.nextLong(2_000_000);
        spec += " from " + from + " to " + (from + random.nextLong(20_000_000));
      }
      return spec;
    }

    private CatchUp catchUp() {
      long window = 1_000_000 + random.nextLong(10_000_000);
      int limit =
          switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 1 + random.nextInt(30);
            default -> CatchUp.NO_LIMIT;
          };
      return new CatchUp(window, limit, random.nextLong(Math.min(window, 500_000)));
    }

    private void disturb() {
      int partition = random.nextInt(PARTITIONS);
      switch (random.nextInt(30)) {
        case 0 -> loseSession();
        case 1 -> {
          moveAway(partition);
          assign();
        }
        case 2 -> {
          releasing[partition] = true;
          assign();
        }
        case 3 -> assign();
        case 4, 5 -> {
          if (standbys) {
            passOn(partition);
          }
        }
        default -> perform(core.tick(now));
      }
    }

    private void moveAway(int partition) {
      master.raiseEpoch(partition);
      // A standby's watch outlives the owners.
      watched[partition] &= foreign[partition];
      releasing[partition] = false;
    }

    /** To another node, whose standby this one is then; or from it to this one. */
    private void passOn(int partition) {
      foreign[partition] = !foreign[partition];
      master.raiseEpoch(partition);
      // As the master does: the watch of the standby is that of the owner from now on.
      watched[partition] &= !foreign[partition];
      promotions += watched[partition] ? 1 : 0;
      releasing[partition] = false;
      assign();
    }

    private void loseSession() {
      registered = false;
      core.onSessionLost();
      toMaster.clear();
      pushes.clear();
      watch.clear();
      acks.clear();
      Arrays.fill(watched, false);
    }

    private void assign() {
      if (registered) {
        List<AssignedPartition> all = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
          all.add(
              new AssignedPartition(
                  i,
                  master.epoch(i),
                  releasing[i] && !foreign[i],
                  foreign[i],
                  master.watermark(i),
                  master.applied(i)));
        }
        perform(core.onAssignment(all));
      }
    }

    /** No more disturbance; then everything must get through. */
    void settle() {
      long end = now;
      Arrays.fill(releasing, false);
      for (int p = 0; p < PARTITIONS; p++) {
        if (foreign[p]) {
          passOn(p);
        }
      }
      for (int step = 0; !master.isUpTo(end); step++) {
        assertTrue(step < 200_000, "does not settle: " + core.report());
        step(true);
        if (step % 500 == 0) {
          assign();
        }
      }
      master.verify();
    }
  }

  @Test
  void everyNominalTimeIsRecordedExactlyOnceWhateverHappensBetween() {
    Long only = Long.getLong("seed");
    long fired = 0;
    long lies = 0;
    long skipped = 0;
    long refused = 0;
    long handovers = 0;
    long promotions = 0;
    for (long seed = only == null ? 1 : only;
        seed <= (only == null ? Long.getLong("seeds", 150) : only);
        seed++) {
      World world = new World(seed);
      try {
        for (int step = 0; step < STEPS; step++) {
          world.step(false);
        }
        world.settle();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      fired += world.master.fired();
      lies += world.lies;
      skipped += world.master.skippedRuns();
      refused += world.master.refusedEvents();
      handovers += world.handovers;
      promotions += world.promotions;
    }
    System.out.printf(
        "recorded %d, skipped runs %d, false refusals %d, events refused singly %d, handovers %d,"
            + " promotions %d%n",
        fired, skipped, lies, refused, handovers, promotions);
    assertTrue(only != null || (fired > 100_000 && lies > 100 && skipped > 100 && handovers > 50));
    assertTrue(only != null || promotions > 100, promotions + " promotions");
  }
}
