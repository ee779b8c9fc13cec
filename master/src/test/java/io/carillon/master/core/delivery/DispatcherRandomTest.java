package io.carillon.master.core.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.CommittedBlocks;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.Feedback.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commits, acknowledgements, refusals, timeouts, joins, leaves, lost tails, slow and failed
 * reads and settlements, and crashes. A failure names its seed, and the seed repeats it.
 */
class DispatcherRandomTest {

  private static final DeliveryLimits LIMITS =
      new DeliveryLimits(40, 20, 60, 30, 100_000, 15, 8, 10, 3_000_000);
  private static final DeliveryPolicy POLICY = new DeliveryPolicy(500_000, 6);

  static List<Integer> seeds() {
    List<Integer> seeds = new ArrayList<>();
    for (int seed = 1; seed <= 150; seed++) {
      seeds.add(seed);
    }
    return seeds;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyFireIsAckedOrDeadAndTheCursorNeverPassesOneThatIsNeither(int seed) {
    new Run(seed).play();
  }

  private static final class Run {
    final SplittableRandom random;
    final ModelStore store = new ModelStore();
    final Set<Long> acked = new HashSet<>();
    // Acknowledged in this life of the dispatcher, or settled as far as the store knew when it
    // began: not to be seen again in it.
    final Set<Long> settled = new HashSet<>();
    // The attempts that were sent in this life; and those that the store knew of when it began.
    final Map<Long, Integer> attempts = new TreeMap<>();
    final Map<Integer, Map<Long, Long>> deadlines = new TreeMap<>();
    // What subscribers have worked on and not yet acknowledged, of this life and of others.
    final TreeMap<Long, Integer> working = new TreeMap<>();
    long now = 1_000_000;
    Dispatcher dispatcher;
    long told;
    int subscribers;
    ModelStore.LogAnswer logAnswer;
    ModelStore.ParkedAnswer parkedAnswer;
    Settlement settlement;
    Settlement failed;
    Set<Long> toSettle = Set.of();
    boolean settlementMade;

    Run(int seed) {
      random = new SplittableRandom(seed);
    }

    void play() {
      start();
      for (int step = 0; step < 4_000; step++) {
        int dice = random.nextInt(1000);
        if (dice < 150) {
          commit(random.nextInt(12) == 0 ? 60 : 6);
        } else if (dice < 400) {
          send();
        } else if (dice < 600) {
          react();
        } else if (dice < 960) {
          edges();
        } else if (dice < 975) {
          join();
        } else if (dice < 984) {
          leave();
        } else if (dice < 990) {
          crash();
        } else {
          now += random.nextInt(400_000);
        }
        now += random.nextInt(3_000);
        dispatcher.tick(now);
        check();
      }
      heal();
    }

    void start() {
      dispatcher =
          new Dispatcher(
              ModelStore.DESTINATION,
              POLICY,
              LIMITS,
              store.cursor,
              store.progress,
              store.logEnd,
              now);
      told = store.logEnd;
      settled.clear();
      attempts.clear();
      for (long seq : store.log.keySet()) {
        attempts.put(seq, store.attempts(seq));
        if (store.attempts(seq) == Progress.SETTLED) {
          settled.add(seq);
        }
      }
      deadlines.clear();
      logAnswer = null;
      parkedAnswer = null;
      settlement = null;
      failed = null;
      toSettle = Set.of();
    }

    void crash() {
      start();
    }

    void commit(int most) {
      int[] destinations = new int[1 + random.nextInt(most)];
      for (int i = 0; i < destinations.length; i++) {
        destinations[i] = random.nextBoolean() ? ModelStore.DESTINATION : 9;
      }
      // Numbers may be left out.
      long first = store.logEnd + 1 + random.nextInt(3);
      FireColumns block = CommittedBlocks.block(first, now, destinations);
      block.skipReason[0] = random.nextInt(4) == 0 ? 1 : 0;
      store.commit(block);
      if (random.nextInt(30) == 0) {
        dispatcher.onTailLost(store.logEnd);
      } else {
        for (int row = 0; row < block.size(); row++) {
          if (block.destination[row] == ModelStore.DESTINATION && block.skipReason[row] == 0) {
            dispatcher.onCommitted(block, row);
          }
        }
      }
      told = store.logEnd;
    }

    void join() {
      if (deadlines.size() < 4) {
        int id = ++subscribers;
        dispatcher.join(id, told);
        dispatcher.writable(id);
        dispatcher.credit(id, 20);
        deadlines.put(id, new TreeMap<>());
      }
    }

    void leave() {
      Integer id = any();
      if (id != null) {
        deadlines.remove(id);
        dispatcher.leave(id, new Fires(1), 0, now);
      }
    }

    Integer any() {
      List<Integer> ids = new ArrayList<>(deadlines.keySet());
      return ids.isEmpty() ? null : ids.get(random.nextInt(ids.size()));
    }

    void send() {
      Send send = dispatcher.nextSend(now, told);
      if (send == null) {
        return;
      }
      assertTrue(send.fires().size() > 0 && send.fires().size() <= LIMITS.batch());
      for (int i = 0; i < send.fires().size(); i++) {
        long seq = send.fires().seq[i];
        assertTrue(store.log.containsKey(seq), "not ours: " + seq);
        assertFalse(settled.contains(seq), "settled and sent again: " + seq);
        int attempt = attempts.merge(seq, 1, Integer::sum);
        assertEquals(attempt, send.fires().attempt[i], "attempt of " + seq);
        assertTrue(attempt <= POLICY.maxAttempts());
        working.put(seq, send.subscriber());
        deadlines.forEach(
            (id, theirs) ->
                assertTrue(
                    theirs.getOrDefault(seq, Long.MIN_VALUE) <= now, seq + " is still with " + id));
        deadlines.get(send.subscriber()).put(seq, now + POLICY.ackTimeoutMicros());
      }
    }

    /** Some subscriber acknowledges, refuses, gives credit, becomes writable, or stays silent. */
    void react() {
      Integer id = any();
      if (id == null) {
        return;
      }
      dispatcher.writable(id);
      dispatcher.credit(id, random.nextInt(10));
      Map<Long, Long> theirs = deadlines.get(id);
      for (Map.Entry<Long, Long> fire : List.copyOf(theirs.entrySet())) {
        int dice = random.nextInt(10);
        long seq = fire.getKey();
        if (dice < 4) {
          ack(id, seq);
          theirs.remove(seq);
        } else if (dice < 6) {
          dispatcher.nack(
              id, new Refusal(seq, random.nextInt(3), random.nextInt(300_000), ""), now);
          theirs.remove(seq);
        }
      }
      ackLate(id);
    }

    void ack(int id, long seq) {
      dispatcher.ack(id, seq, seq);
      acked.add(seq);
      settled.add(seq);
      working.remove(seq);
    }

    /** Of a fire that timed out, was refused, went to another, or came from another life. */
    void ackLate(int id) {
      Long seq = working.ceilingKey((long) random.nextInt((int) store.logEnd + 1));
      if (seq == null || random.nextInt(3) != 0) {
        return;
      }
      if (working.get(seq) == id && random.nextBoolean()) {
        // As a range, over fires of others.
        dispatcher.ack(id, seq, seq + 1);
        acked.add(seq);
        settled.add(seq);
        Integer next = working.remove(seq + 1);
        if (next != null) {
          // It may have been another's, or not: either is right.
          acked.add(seq + 1);
        }
        working.remove(seq);
      } else {
        ack(id, seq);
      }
    }

    void edges() {
      if (logAnswer == null) {
        LogRead wanted = dispatcher.wantedLogRead();
        logAnswer = wanted == null ? null : store.read(wanted);
      } else if (random.nextInt(8) == 0) {
        dispatcher.onLogReadFailed(logAnswer.request());
        logAnswer = null;
      } else if (random.nextBoolean()) {
        dispatcher.onLogRead(logAnswer.request(), logAnswer.rows(), logAnswer.coveredTo());
        logAnswer = null;
      }
      if (parkedAnswer == null) {
        ParkedRead wanted = dispatcher.wantedParkedRead(now);
        parkedAnswer = wanted == null ? null : store.read(wanted);
      } else if (random.nextInt(8) == 0) {
        dispatcher.onParkedReadFailed(parkedAnswer.request());
        parkedAnswer = null;
      } else if (random.nextBoolean()) {
        dispatcher.onParkedRead(
            parkedAnswer.request(), parkedAnswer.rows(), parkedAnswer.nextMicros(), now);
        parkedAnswer = null;
      }
      settle();
    }

    void settle() {
      if (settlement == null) {
        settlement = dispatcher.wantedSettlement(now, told);
        settlementMade = false;
        if (settlement != failed) {
          toSettle = Set.copyOf(settled);
        }
        failed = null;
      } else if (!settlementMade && random.nextInt(5) == 0) {
        if (random.nextBoolean()) {
          store.apply(settlement);
        }
        dispatcher.onSettlementFailed();
        failed = settlement;
        settlement = null;
      } else if (!settlementMade) {
        store.apply(settlement);
        if (settlement.settled().size() < LIMITS.settlement()) {
          for (long seq : toSettle) {
            assertEquals(Progress.SETTLED, store.attempts(seq), "acknowledged: " + seq);
          }
        }
        settlementMade = true;
      } else {
        dispatcher.onSettled();
        settlement = null;
      }
    }

    void check() {
      for (long seq : store.log.headMap(store.cursor, true).keySet()) {
        assertTrue(
            acked.contains(seq) || store.parked.containsKey(seq),
            () -> "cursor " + store.cursor + " passed " + seq);
      }
      int bound =
          LIMITS.tail()
              + 2 * LIMITS.readAhead()
              + LIMITS.window()
              + LIMITS.redeliveries()
              + LIMITS.window() / 2;
      assertTrue(dispatcher.held() <= bound, () -> "holds " + dispatcher.held());
    }

    /** A good subscriber comes: in the end nothing is owed. */
    void heal() {
      while (!deadlines.isEmpty()) {
        leave();
      }
      join();
      int id = subscribers;
      for (int i = 0; i < 30_000 && !complete(); i++) {
        edges();
        dispatcher.writable(id);
        dispatcher.credit(id, 10);
        send();
        for (long seq : List.copyOf(deadlines.get(id).keySet())) {
          deadlines.get(id).remove(seq);
          ack(id, seq);
        }
        now += 2_000;
        dispatcher.tick(now);
        check();
      }
      assertTrue(complete(), () -> "parked " + store.parked.size() + " cursor " + store.cursor);
      for (long seq : store.log.keySet()) {
        assertTrue(acked.contains(seq) || store.parked.get(seq).dead(), "lost " + seq);
      }
      assertEquals(0, dispatcher.inFlight());
    }

    boolean complete() {
      return store.cursor == store.logEnd && store.parked.size() == store.deadLetters();
    }
  }
}
