package io.carillon.master.core.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.master.core.CommittedBlocks;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.Feedback.Refusal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a fire's row tells of its last attempt. */
class LastErrorTest {

  private static final int SUBSCRIBER = 1;
  private static final long TIMEOUT = 1_500_000;
  private static final String LAPSED = "not acknowledged within 1.5 s";
  private static final String STREAM_ENDED = "its stream ended before it was acknowledged";
  private static final DeliveryLimits LIMITS =
      new DeliveryLimits(100, 5, 40, 30, 40, 10, 8, 100, 1_000_000);

  private final ModelStore store = new ModelStore();
  private long now;
  private Dispatcher dispatcher = dispatcher(3);

  private Dispatcher dispatcher(int maxAttempts) {
    return new Dispatcher(
        ModelStore.DESTINATION,
        new DeliveryPolicy(TIMEOUT, maxAttempts),
        LIMITS,
        store.cursor,
        store.progress,
        store.logEnd,
        now);
  }

  private void commit(int fires) {
    int[] destinations = new int[fires];
    Arrays.fill(destinations, ModelStore.DESTINATION);
    FireColumns block = CommittedBlocks.block(store.logEnd + 1, 0, destinations);
    store.commit(block);
    for (int row = 0; row < fires; row++) {
      dispatcher.onCommitted(block, row);
    }
  }

  private void join() {
    dispatcher.join(SUBSCRIBER, store.logEnd);
    dispatcher.credit(SUBSCRIBER, 100);
    deliver();
  }

  /** Sends all that can be sent, with what is to be read for it. */
  private void deliver() {
    for (int round = 0; round < 10; round++) {
      var unused = store.answerReads(dispatcher, now);
      dispatcher.writable(SUBSCRIBER);
      while (dispatcher.nextSend(now, store.logEnd) != null) {
        dispatcher.writable(SUBSCRIBER);
      }
    }
  }

  private void refuse(long seq, String reason) {
    dispatcher.nack(SUBSCRIBER, new Refusal(seq, 0, 0, reason), now);
  }

  private void leave() {
    dispatcher.leave(SUBSCRIBER, new Fires(1), 0, now);
  }

  private void passes(long micros) {
    now += micros;
    dispatcher.tick(now);
  }

  private void settle() {
    Settlement settlement = dispatcher.wantedSettlement(now, store.logEnd);
    if (settlement != null) {
      store.apply(settlement);
      dispatcher.onSettled();
    }
  }

  private String stored(long seq) {
    ParkedRow row = store.parked.get(seq);
    return row.attempts() + (row.dead() ? " dead: " : ": ") + row.lastError();
  }

  @Test
  void a_refusal_tells_its_reason_and_the_last_of_several_counts() {
    commit(2);
    join();
    refuse(1, "disk full");
    refuse(2, "");
    settle();
    assertEquals("1: disk full", stored(1));
    assertEquals("1: refused without a reason", stored(2));
    deliver();
    refuse(1, "still full");
    settle();
    assertEquals("2: still full", stored(1));
    deliver();
    refuse(1, "full for ever");
    settle();
    assertEquals("3 dead: full for ever", stored(1));
  }

  @Test
  void a_time_that_passes_is_told_in_words_and_takes_the_place_of_a_reason() {
    commit(1);
    join();
    passes(TIMEOUT);
    settle();
    assertEquals("1: " + LAPSED, stored(1));
    deliver();
    refuse(1, "busy");
    settle();
    deliver();
    passes(TIMEOUT);
    settle();
    assertEquals("3 dead: " + LAPSED, stored(1));
  }

  @Test
  void an_attempt_under_way_leaves_the_last_error_as_it_is_and_so_does_another_leader() {
    commit(1);
    join();
    refuse(1, "busy");
    settle();
    deliver();
    passes(Settler.ATTEMPT_MICROS);
    settle();
    assertEquals("2: busy", stored(1));
    dispatcher = dispatcher(3);
    join();
    passes(Settler.ATTEMPT_MICROS);
    settle();
    assertEquals("3: busy", stored(1));
  }

  @Test
  void a_stream_that_ends_is_told_once_nobody_takes_its_fires() {
    commit(2);
    join();
    refuse(1, "busy");
    settle();
    deliver();
    leave();
    passes(LIMITS.idleMicros());
    settle();
    assertEquals("2: " + STREAM_ENDED, stored(1));
    assertEquals("1: " + STREAM_ENDED, stored(2));
  }

  @Test
  void what_comes_back_from_the_last_attempt_is_a_dead_letter_that_says_so() {
    dispatcher = dispatcher(1);
    commit(1);
    join();
    leave();
    settle();
    assertEquals("1 dead: " + STREAM_ENDED, stored(1));
  }

  @Test
  void what_was_due_but_never_sent_again_keeps_what_its_row_tells() {
    commit(1);
    join();
    refuse(1, "busy");
    settle();
    ParkedRead read = dispatcher.wantedParkedRead(now);
    ModelStore.ParkedAnswer answer = store.read(read);
    dispatcher.onParkedRead(read, answer.rows(), answer.nextMicros(), now);
    leave();
    passes(LIMITS.idleMicros());
    settle();
    assertEquals("1: busy", stored(1));
  }

  @Test
  void a_fire_whose_attempts_another_leader_made_says_that_they_are_used_up() {
    dispatcher = dispatcher(1);
    commit(1);
    join();
    passes(Settler.ATTEMPT_MICROS);
    settle();
    dispatcher = dispatcher(1);
    join();
    settle();
    assertEquals("1 dead: " + LastError.USED_UP, stored(1));
  }

  @Test
  void a_fire_that_was_set_aside_while_it_is_out_tells_nothing_before_it_fails() {
    commit(1);
    join();
    for (int i = 0; i < 5; i++) {
      commit(6);
      deliver();
      dispatcher.ack(SUBSCRIBER, 2, store.logEnd);
      settle();
    }
    assertEquals("1: ", stored(1));
    refuse(1, "busy");
    settle();
    assertEquals("1: busy", stored(1));
  }
}
