package io.carillon.master.core.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.CommittedBlocks;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.Feedback.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  private static final int DESTINATION = ModelStore.DESTINATION;
  private static final DeliveryPolicy POLICY = new DeliveryPolicy(60_000_000, 3);
  private static final DeliveryLimits LIMITS =
      new DeliveryLimits(100, 5, 40, 30, 40, 10, 8, 100, 1_000_000);

  private static final long TIMEOUT = 60_000_000;

  private final ModelStore store = new ModelStore();
  private int logRows;
  private Dispatcher dispatcher =
      new Dispatcher(DESTINATION, POLICY, LIMITS, 0, Progress.NONE, 0, 0);

  private void commit(int fires) {
    int[] destinations = new int[fires];
    Arrays.fill(destinations, DESTINATION);
    FireColumns block = CommittedBlocks.block(store.logEnd + 1, 0, destinations);
    store.commit(block);
    for (int row = 0; row < fires; row++) {
      dispatcher.onCommitted(block, row);
    }
  }

  private void join(int id, int credit) {
    dispatcher.join(id, store.logEnd);
    dispatcher.writable(id);
    dispatcher.credit(id, credit);
  }

  private long[] sent(long now) {
    Send send = dispatcher.nextSend(now, store.logEnd);
    return send == null ? null : Arrays.copyOf(send.fires().seq, send.fires().size());
  }

  private void settle(long now) {
    Settlement settlement = dispatcher.wantedSettlement(now, store.logEnd);
    if (settlement != null) {
      store.apply(settlement);
      dispatcher.onSettled();
    }
  }

  /** The leader is gone; the next begins with what was stored. */
  private void failOver(long now) {
    dispatcher =
        new Dispatcher(
            DESTINATION, POLICY, LIMITS, store.cursor, store.progress, store.logEnd, now);
  }

  /** Reads what there is to read, and answers what is sent then: its seqs and its attempts. */
  private Map<Long, Integer> sentAfterReading(long now) {
    Map<Long, Integer> attempts = new TreeMap<>();
    for (int round = 0; round < 10; round++) {
      logRows += store.answerReads(dispatcher, now);
      for (Send send; (send = dispatcher.nextSend(now, store.logEnd)) != null; ) {
        for (int i = 0; i < send.fires().size(); i++) {
          attempts.put(send.fires().seq[i], send.fires().attempt[i]);
        }
        dispatcher.writable(send.subscriber());
      }
    }
    return attempts;
  }

  @Test
  void oneFireThatIsNeverAcknowledgedDoesNotStopTheOthersBeforeItTimesOut() {
    join(1, 1);
    commit(1);
    assertArrayEquals(new long[] {1}, sent(0));
    join(2, 100_000);
    for (int i = 0; i < 100; i++) {
      commit(5);
      for (long[] seqs = sent(0); seqs != null; seqs = sent(0)) {
        dispatcher.ack(2, seqs[0], seqs[seqs.length - 1]);
        dispatcher.writable(2);
      }
      settle(0);
    }
    assertTrue(store.cursor > 400, () -> "cursor " + store.cursor);
    assertEquals(1, store.parked.get(1L).attempts());
    assertEquals(1, dispatcher.inFlight());
    dispatcher.ack(1, 1, 1);
    settle(0);
    assertTrue(store.parked.isEmpty());
  }

  @Test
  void aSubscriberGetsOneMessageAtATimeAndNoMoreThanItsCredit() {
    join(1, 10);
    commit(30);
    assertEquals(8, sent(0).length);
    assertNull(sent(0));
    dispatcher.writable(1);
    assertEquals(2, sent(0).length);
    dispatcher.writable(1);
    assertNull(sent(0));
  }

  @Test
  void whatNeverLeftForASubscriberDoesNotCountAsAnAttempt() {
    join(1, 10);
    commit(4);
    Send first = dispatcher.nextSend(0, store.logEnd);
    join(2, 10);
    dispatcher.leave(1, first.fires(), 3, 0);
    Send again = dispatcher.nextSend(0, store.logEnd);
    assertArrayEquals(new int[] {2, 2, 2, 1}, Arrays.copyOf(again.fires().attempt, 4));
  }

  @Test
  void whatIsLeftBehindIsParkedWithItsAttemptsWhenNobodyComes() {
    join(1, 10);
    commit(4);
    assertEquals(4, sent(0).length);
    dispatcher.leave(1, new Fires(1), 0, 0);
    dispatcher.tick(LIMITS.idleMicros());
    settle(LIMITS.idleMicros());
    assertEquals(4, store.cursor);
    assertEquals(4, store.parked.size());
    assertEquals(1, store.parked.get(2L).attempts());
    assertTrue(dispatcher.isIdle());
  }

  @Test
  void theCursorFollowsALogThatHasNothingForTheDestination() {
    join(1, 10);
    store.commit(CommittedBlocks.block(1, 0, 9, 9, 9));
    assertNull(sent(0));
    settle(6_000_000);
    assertEquals(3, store.cursor);
  }

  @Test
  void anAckAfterItsTimeoutCountsWhetherTheFireWaitsIsOutAgainOrOnlyInTheTable() {
    join(1, 10);
    commit(4);
    assertEquals(4, sent(0).length);
    dispatcher.tick(TIMEOUT);
    // Before its row is written, while it is, after it, and with the next attempt out.
    dispatcher.ack(1, 1, 1);
    Settlement parking = dispatcher.wantedSettlement(TIMEOUT, store.logEnd);
    assertEquals(List.of(2L, 3L, 4L), parking.parked().stream().map(ParkedRow::seq).toList());
    dispatcher.ack(1, 2, 2);
    store.apply(parking);
    dispatcher.onSettled();
    dispatcher.ack(1, 3, 3);
    settle(TIMEOUT);
    assertEquals(List.of(4L), List.copyOf(store.parked.keySet()));
    dispatcher.writable(1);
    assertEquals(Map.of(4L, 2), sentAfterReading(TIMEOUT));
    dispatcher.ack(1, 4, 4);
    settle(TIMEOUT);
    assertTrue(store.parked.isEmpty());
    assertEquals(Map.of(), sentAfterReading(2 * TIMEOUT));
    assertEquals(0, dispatcher.inFlight());
  }

  @Test
  void anAckCountsFromAWhileBHoldsTheNextAttemptAndThatOfBIsIgnoredThen() {
    join(1, 3);
    commit(3);
    assertEquals(3, sent(0).length);
    dispatcher.tick(TIMEOUT);
    settle(TIMEOUT);
    join(2, 3);
    assertEquals(Map.of(1L, 2, 2L, 2, 3L, 2), sentAfterReading(TIMEOUT));
    dispatcher.ack(1, 1, 2);
    assertEquals(1, dispatcher.inFlight());
    dispatcher.ack(2, 1, 3);
    assertEquals(0, dispatcher.inFlight());
    settle(TIMEOUT);
    assertTrue(store.parked.isEmpty());
    // Neither owes the other anything: each may be given what its credit says, and no more.
    commit(40);
    dispatcher.credit(2, 5);
    assertEquals(5, sentAfterReading(TIMEOUT).size());
  }

  @Test
  void anAckAfterOnesOwnRefusalCountsAndARefusalOfAnEarlierAttemptDoesNot() {
    join(1, 10);
    commit(2);
    assertEquals(2, sent(0).length);
    dispatcher.nack(1, new Refusal(1, 1, 5_000_000, ""), 0);
    dispatcher.nack(1, new Refusal(2, 1, 0, ""), 0);
    dispatcher.ack(1, 1, 1);
    settle(0);
    dispatcher.writable(1);
    assertEquals(Map.of(2L, 2), sentAfterReading(10_000_000));
    dispatcher.nack(1, new Refusal(2, 1, 0, ""), 10_000_000);
    assertEquals(1, dispatcher.inFlight());
    dispatcher.nack(1, new Refusal(2, 2, 0, ""), 10_000_000);
    assertEquals(0, dispatcher.inFlight());
    dispatcher.nack(1, new Refusal(1, 0, 0, ""), 10_000_000);
    settle(10_000_000);
    assertEquals(List.of(2L), List.copyOf(store.parked.keySet()));
  }

  @Test
  void aRangeSettlesWhatWasSentToItsSubscriberAndNothingElse() {
    join(1, 2);
    commit(6);
    assertEquals(2, sent(0).length);
    join(2, 2);
    assertEquals(2, sent(0).length);
    dispatcher.writable(1);
    dispatcher.credit(1, 2);
    assertEquals(2, sent(0).length);
    dispatcher.ack(1, 1, 6);
    assertEquals(2, dispatcher.inFlight());
    dispatcher.tick(TIMEOUT);
    settle(TIMEOUT);
    dispatcher.ack(1, 1, 6);
    settle(TIMEOUT);
    assertEquals(List.of(3L, 4L), List.copyOf(store.parked.keySet()));
    dispatcher.ack(2, 1, 6);
    settle(TIMEOUT);
    assertTrue(store.parked.isEmpty());
  }

  @Test
  void aDeadLetterThatIsAcknowledgedAllTheSameIsGone() {
    join(1, 10);
    commit(1);
    assertEquals(1, sent(0).length);
    for (int attempt = 2; attempt <= POLICY.maxAttempts(); attempt++) {
      dispatcher.nack(1, new Refusal(1, 0, 0, ""), 0);
      settle(0);
      dispatcher.writable(1);
      assertEquals(Map.of(1L, attempt), sentAfterReading(0));
    }
    dispatcher.tick(TIMEOUT);
    settle(TIMEOUT);
    assertTrue(store.parked.get(1L).dead());
    dispatcher.ack(1, 1, 1);
    settle(TIMEOUT);
    assertTrue(store.parked.isEmpty());
  }

  @Test
  void whatWasNeverDeliveredCannotBeAcknowledged() {
    join(1, 1);
    commit(3);
    assertEquals(1, sent(0).length);
    dispatcher.ack(1, 2, 2);
    dispatcher.ack(1, 99, 99);
    dispatcher.credit(1, 5);
    dispatcher.writable(1);
    assertArrayEquals(new long[] {2, 3}, sent(0));
  }

  @Test
  void theNextLeaderRepeatsTheSlowOneOnlyAndWithAHigherAttempt() {
    join(1, 1);
    commit(1);
    assertEquals(1, sent(0).length);
    join(2, 1000);
    for (int i = 0; i < 3; i++) {
      commit(5);
      assertEquals(5, sentAfterReading(0).size());
      dispatcher.ack(2, 2 + i * 5, 6 + i * 5);
    }
    settle(0);
    assertEquals(0, store.cursor);
    assertEquals("to 1 1, to 16 settled", store.progress.toString());
    failOver(0);
    join(3, 100);
    assertEquals(Map.of(1L, 2), sentAfterReading(0));
    assertEquals(5, logRows, "what is settled is not even read, but for the first page");
    settle(Settler.ATTEMPT_MICROS);
    assertEquals("to 1 2, to 16 settled", store.progress.toString());
    failOver(0);
    join(4, 100);
    assertEquals(Map.of(1L, 3), sentAfterReading(0));
    settle(Settler.ATTEMPT_MICROS);
    failOver(Settler.ATTEMPT_MICROS);
    join(5, 100);
    assertEquals(Map.of(), sentAfterReading(0), "its attempts are used up");
    settle(Settler.ATTEMPT_MICROS);
    assertTrue(store.parked.get(1L).dead());
    assertEquals(16, store.cursor);
  }

  @Test
  void theNextLeaderKnowsOfTheAttemptsOfParkedFiresToo() {
    join(1, 10);
    commit(1);
    assertEquals(1, sent(0).length);
    dispatcher.nack(1, new Refusal(1, 0, 0, ""), 0);
    settle(0);
    dispatcher.writable(1);
    assertEquals(Map.of(1L, 2), sentAfterReading(0));
    assertNull(dispatcher.wantedSettlement(Settler.ATTEMPT_MICROS - 1, store.logEnd));
    settle(Settler.ATTEMPT_MICROS);
    assertEquals(2, store.parked.get(1L).attempts());
    failOver(Settler.ATTEMPT_MICROS);
    join(2, 10);
    assertEquals(Map.of(1L, 3), sentAfterReading(Settler.ATTEMPT_MICROS));
  }

  @Test
  void anAckOfAFireOfTheLeaderBeforeCountsBeforeItIsTakenAnew() {
    join(1, 10);
    commit(8);
    assertEquals(8, sent(0).length);
    settle(Settler.ATTEMPT_MICROS);
    failOver(0);
    join(2, 0);
    dispatcher.ack(2, 3, 3);
    dispatcher.ack(2, 5, 5);
    settle(0);
    assertEquals("to 2 1, to 3 settled, to 4 1, to 5 settled, to 8 1", store.progress.toString());
    dispatcher.credit(2, 4);
    assertEquals(Map.of(1L, 2, 2L, 2, 4L, 2, 6L, 2), sentAfterReading(0));
    dispatcher.ack(2, 8, 8);
    settle(0);
    failOver(0);
    join(3, 10);
    assertEquals(Map.of(1L, 3, 2L, 3, 4L, 3, 6L, 3, 7L, 2), sentAfterReading(0));
  }

  @Test
  void everySecondOneSettledIsStoredAndReadBack() {
    join(1, 100);
    commit(20);
    assertEquals(20, sentAfterReading(0).size());
    for (int seq = 2; seq <= 20; seq += 2) {
      dispatcher.ack(1, seq, seq);
    }
    settle(0);
    failOver(0);
    join(2, 100);
    Map<Long, Integer> again = sentAfterReading(0);
    assertEquals(10, again.size());
    again.forEach((seq, attempt) -> assertTrue(seq % 2 == 1 && attempt == 2, seq + " " + attempt));
  }

  @Test
  void aSettlementWhoseOutcomeIsNotKnownIsWantedAgainAsItWas() {
    join(1, 10);
    commit(2);
    assertEquals(2, sent(0).length);
    dispatcher.nack(1, new Refusal(1, 0, 0, ""), 0);
    Settlement settlement = dispatcher.wantedSettlement(0, store.logEnd);
    store.apply(settlement);
    dispatcher.onSettlementFailed();
    dispatcher.ack(1, 1, 2);
    assertEquals(settlement, dispatcher.wantedSettlement(0, store.logEnd));
    store.apply(settlement);
    dispatcher.onSettled();
    settle(0);
    assertTrue(store.parked.isEmpty());
    assertEquals(2, store.cursor);
  }

  @Test
  void aRangeReachesOnlySoManyThatWereTakenBackAndASingleOneReachesAll() {
    join(1, 1_000);
    for (int i = 0; i < 3; i++) {
      commit(20);
      for (long seq : sentAfterReading(0).keySet()) {
        dispatcher.nack(1, new Refusal(seq, 1, 3_600_000_000L, ""), 0);
      }
      settle(0);
    }
    assertEquals(60, store.parked.size());
    dispatcher.ack(1, 1, 60);
    settle(0);
    assertEquals(60 - LIMITS.lapsed(), store.parked.size());
    for (long seq = 1; seq <= 60; seq++) {
      dispatcher.ack(1, seq, seq);
    }
    settle(0);
    assertTrue(store.parked.isEmpty());
  }
}
