package io.carillon.master.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.election.ElectionCommand.DropLock;
import io.carillon.master.election.ElectionCommand.HoldLock;
import io.carillon.master.election.ElectionCommand.Lead;
import io.carillon.master.election.ElectionCommand.ReadLease;
import io.carillon.master.election.ElectionCommand.Renew;
import io.carillon.master.election.ElectionCommand.StepDown;
import io.carillon.master.election.ElectionCommand.TakeLead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Three elections on a store in memory, in virtual time: calls are late or lost in both directions,
 * links break, masters are paused, killed and started anew, leaders fail. Then all of that ends,
 * and one must lead, and go on leading.
 */
class RandomElectionTest {

  private static final int RUNS = 300;
  private static final long MS = 1_000;
  private static final long SECOND = 1_000_000;
  private static final ElectionSettings SETTINGS = ElectionSettings.defaults();

  private record Event(long at, long order, Runnable action) {}

  private final class Master {
    final int id;
    final long skew = random.nextInt(1_000_000) * SECOND;
    String instance;
    Election election;
    boolean paused;
    boolean cut;
    long hold = -1;
    boolean held;

    Master(int id) {
      this.id = id;
      start();
    }

    void start() {
      instance = "m" + id + "-" + random.nextLong();
      election = new Election(SETTINGS, instance);
      paused = false;
      hold = -1;
      held = false;
      wake(election);
    }

    /** Its own monotonic clock. */
    long clock() {
      return now + skew;
    }

    void wake(Election of) {
      if (of == election && !paused) {
        of.tick(clock());
        run();
        at(Math.max(1, Math.min(50 * MS, of.nextWake() - clock())), () -> wake(of));
      }
    }

    /** An input that comes when it is not paused: what waits comes after the look at the time. */
    void input(Election of, Runnable input) {
      if (of != election) {
        return;
      }
      if (paused) {
        at(20 * MS, () -> input(of, input));
        return;
      }
      input.run();
      run();
    }

    void run() {
      for (ElectionCommand command : election.drain()) {
        execute(command);
      }
    }

    void execute(ElectionCommand command) {
      Election of = election;
      String me = instance;
      if (command instanceof ReadLease c) {
        call(c.number(), () -> lease, read -> of.leaseRead(c.number(), read, clock()));
      } else if (command instanceof TakeLead c) {
        call(
            c.number(),
            () -> take(c, me),
            taken -> {
              if (taken) {
                of.leadTaken(c.number(), c.seen().epoch() + 1, clock());
              } else {
                of.leadMissed(c.number(), clock());
              }
            });
      } else if (command instanceof Renew c) {
        call(
            c.number(),
            () -> renew(c.epoch()),
            renewed -> {
              if (renewed) {
                of.renewed(c.number(), clock());
              } else {
                of.renewalRefused(c.number(), clock());
              }
            });
      } else if (command instanceof HoldLock c) {
        hold = c.epoch();
        held = false;
      } else if (command instanceof DropLock) {
        hold = -1;
        held = false;
      } else if (command instanceof Lead c) {
        assertTrue(led.add(c.epoch()), when("an epoch is led once"));
      } else if (command instanceof StepDown) {
        assertEquals(0, of.epoch());
      }
    }

    <T> void call(long number, Supplier<T> work, Consumer<T> answer) {
      Election of = election;
      at(
          delay(),
          () -> {
            // A call that is on its way happens, whatever has become of its master.
            if (cut) {
              if (random.nextBoolean()) {
                at(delay(), () -> input(of, () -> of.storeFailed(number, clock())));
              }
              return;
            }
            T result = work.get();
            if (cut || random.nextInt(40) == 0 && faults) {
              return;
            }
            at(delay(), () -> input(of, () -> answer.accept(result)));
          });
    }
  }

  private Random random;
  private long seed;
  private long now;
  private long orders;
  private boolean faults = true;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
  private final List<Master> masters = new ArrayList<>();
  private Lease lease = new Lease(0, 0, 0, "", "", "", "");
  private final Set<Long> led = new HashSet<>();
  private final Map<Long, Long> deposed = new HashMap<>();
  private int turnovers;

  private String when(String what) {
    return what + ": seed " + seed + " at " + now / MS + " ms";
  }

  private void at(long delay, Runnable action) {
    events.add(new Event(now + delay, orders++, action));
  }

  private long delay() {
    return faults && random.nextInt(50) == 0
        ? random.nextInt(3_000_000)
        : 1 + random.nextInt(20_000);
  }

  private boolean take(TakeLead command, String instance) {
    boolean same = command.certain() || lease.renewals() == command.seen().renewals();
    if (lease.epoch() != command.seen().epoch() || !same) {
      return false;
    }
    turnovers++;
    lease = new Lease(lease.epoch() + 1, lease.renewals() + 1, 0, instance, instance, "", "");
    return true;
  }

  private boolean renew(long epoch) {
    if (lease.epoch() != epoch) {
      return false;
    }
    lease = new Lease(epoch, lease.renewals() + 1, 0, lease.instance(), lease.leader(), "", "");
    return true;
  }

  /** Gives each lock to one of those that want it; PostgreSQL's own work. */
  private void locks() {
    for (Master master : masters) {
      boolean free =
          masters.stream().noneMatch(m -> m != master && m.held && m.hold == master.hold);
      if (master.hold >= 0 && !master.held && !master.cut && free) {
        master.held = true;
        Election of = master.election;
        long epoch = master.hold;
        at(1 + random.nextInt(5_000), () -> master.input(of, () -> held(master, of, epoch)));
      }
      if (master.held && master.cut && random.nextInt(30) == 0) {
        master.held = false;
        Election of = master.election;
        at(delay(), () -> master.input(of, () -> of.lockLost(master.clock())));
      }
    }
    at(10 * MS, this::locks);
  }

  private static void held(Master master, Election of, long epoch) {
    if (master.held && master.hold == epoch) {
      of.lockHeld(epoch, master.clock());
    }
  }

  private void fault() {
    if (!faults) {
      return;
    }
    Master master = masters.get(random.nextInt(masters.size()));
    switch (random.nextInt(7)) {
      case 0 -> {
        master.paused = true;
        at(random.nextInt(10_000_000), () -> resume(master));
      }
      case 1 -> {
        master.cut = true;
        at(random.nextInt(8_000_000), () -> master.cut = false);
      }
      case 2 -> master.start();
      case 3 ->
          master.input(master.election, () -> master.election.leadFailed("bug", master.clock()));
      case 4 ->
          master.input(master.election, () -> master.election.resign("drill", master.clock()));
      case 5 ->
          master.input(master.election, () -> master.election.handOver("stop", master.clock()));
      default -> master.input(master.election, () -> master.election.deposed(master.clock()));
    }
    at(random.nextInt(6_000_000), this::fault);
  }

  private void resume(Master master) {
    if (master.paused) {
      master.paused = false;
      master.wake(master.election);
    }
  }

  private long leaders() {
    return masters.stream().filter(m -> !m.paused && m.election.epoch() != 0).count();
  }

  private void runUntil(long end, Runnable check) {
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event event = events.poll();
      now = event.at();
      event.action().run();
      check.run();
    }
    now = end;
  }

  private int run(long ofSeed) {
    seed = ofSeed;
    random = new Random(seed);
    int count = 2 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      masters.add(new Master(i));
    }
    locks();
    at(SECOND, this::fault);
    runUntil(60 * SECOND, this::believersAreFew);

    // Nothing fails from here on.
    faults = false;
    for (Master master : masters) {
      master.cut = false;
      resume(master);
    }
    runUntil(now + 45 * SECOND, this::believersAreFew);
    assertEquals(1, leaders(), when("one leads when nothing fails"));
    long epoch = lease.epoch();
    int before = turnovers;
    runUntil(now + 60 * SECOND, () -> assertEquals(1, leaders(), when("it goes on leading")));
    assertEquals(epoch, lease.epoch());
    assertEquals(before, turnovers);
    return turnovers;
  }

  /**
   * Only the owner of the epoch may hold a lease that is valid; one that was deposed may believe to
   * lead for as long as its step-down takes, unless it is paused.
   */
  private void believersAreFew() {
    for (Master master : masters) {
      if (!master.paused
          && master.election.epoch() != 0
          && master.election.epoch() != lease.epoch()) {
        Long since = deposedSince(master);
        assertTrue(
            now - since <= SETTINGS.stepDownAfter() + 60 * MS, when("a deposed leader steps down"));
      }
    }
    assertTrue(
        masters.stream().filter(m -> m.election.epoch() == lease.epoch()).count() <= 1
            || lease.epoch() == 0,
        when("an epoch has one leader"));
  }

  /** When the epoch of this leader was first seen to be over while it was not paused. */
  private Long deposedSince(Master master) {
    return deposed.computeIfAbsent(master.election.epoch(), epoch -> now);
  }

  @Test
  void there_is_one_leader_at_most_for_long_and_one_at_last() {
    long first = Long.getLong("carillon.seed", System.nanoTime());
    int runs = Integer.getInteger("carillon.runs", RUNS);
    System.out.println("elections from seed " + first);
    int turnovers = 0;
    for (int i = 0; i < runs; i++) {
      turnovers += new RandomElectionTest().run(first + i);
    }
    assertTrue(turnovers > 5 * runs, "the lead was taken " + turnovers + " times");
  }
}
