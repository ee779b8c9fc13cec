package io.carillon.master.core.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.CommittedBlocks;
import io.carillon.master.core.FireColumns;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  private static final int DESTINATION = ModelStore.DESTINATION;
  private static final DeliveryPolicy POLICY = new DeliveryPolicy(60_000_000, 3);
  private static final DeliveryLimits LIMITS =
      new DeliveryLimits(100, 50, 40, 30, 10, 8, 100, 1_000_000);

  private final ModelStore store = new ModelStore();
  private final Dispatcher dispatcher =
      new Dispatcher(DESTINATION, POLICY, LIMITS, 0, new long[0], 0);

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
}
