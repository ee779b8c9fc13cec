package io.carillon.master.api.delivery;

import static io.carillon.master.api.delivery.DeliveryRig.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.master.api.delivery.TestSubscriber.Habit;
import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.v1.Nack;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who has done its work says so, and it counts: late, beside others, after its leader is lost. */
class LateAckTest {

  private DeliveryRig rig;

  @BeforeEach
  void start() {
    rig = new DeliveryRig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /** Takes so many, and says nothing. */
  private TestSubscriber silent(String destination, int credit) {
    TestSubscriber subscriber = TestSubscriber.on(rig.delivery(), destination, Habit.IDLE, credit);
    await("open", () -> subscriber.open);
    return subscriber;
  }

  private TestSubscriber acking(String destination) {
    return TestSubscriber.on(rig.delivery(), destination, Habit.ACK, 1_000);
  }

  private static void ack(TestSubscriber subscriber, long first, long last) {
    subscriber.request(
        SubscribeRequest.newBuilder()
            .addAcks(SeqRange.newBuilder().setFirst(first).setLast(last))
            .build());
  }

  private static void nack(TestSubscriber subscriber, long seq, int attempt, long delayMillis) {
    subscriber.request(
        SubscribeRequest.newBuilder()
            .addNacks(
                Nack.newBuilder()
                    .setSeq(seq)
                    .setAttempt(attempt)
                    .setDelay(DeliveryRig.duration(delayMillis)))
            .build());
  }

  /** What comes to a subscriber until the fire that is recorded now has come to it too. */
  private Map<Long, Integer> attemptsUpToOneMore(TestSubscriber subscriber, int destination) {
    rig.commit(1, destination);
    await("one more", () -> subscriber.attempts.containsKey(rig.logEnd));
    return subscriber.attempts;
  }

  private void awaitNothingOwed(int destination) {
    await("no row", () -> rig.count("parked_fire", "destination_num = " + destination) == 0);
    await("cursor", () -> rig.cursor(destination) == rig.logEnd);
    assertEquals(0, rig.queue(destination).inFlight());
  }

  @Test
  void anAckAfterTheTimeoutOnTheSameStreamCounts() {
    int num = rig.create("slow", 200, 100);
    TestSubscriber subscriber = silent("slow", 1);
    rig.commit(1, num);
    await("received", () -> subscriber.received.get() == 1);
    await("timed out", () -> rig.count("parked_fire", "attempts = 1") == 1);
    ack(subscriber, 1, 0);
    await("settled", () -> rig.count("parked_fire", "true") == 0);
    subscriber.credit(10);
    assertEquals(Map.of(1L, 1, 2L, 1), attemptsUpToOneMore(subscriber, num));
  }

  @Test
  void anAckOfOneStreamCountsWhileAnotherHoldsTheNextAttempt() {
    int num = rig.create("slow", 500, 100);
    TestSubscriber first = silent("slow", 3);
    rig.commit(3, num);
    await("received", () -> first.received.get() == 3);
    await("timed out", () -> rig.count("parked_fire", "attempts = 1") == 3);
    rig.hub.onDestinationChanged(num, new DeliveryPolicy(600_000_000, 100), Long.MAX_VALUE);
    TestSubscriber second = silent("slow", 3);
    await("again", () -> second.received.get() == 3);
    ack(first, 1, 2);
    ack(first, 3, 3);
    awaitNothingOwed(num);
    ack(second, 1, 3);
    second.credit(10);
    assertEquals(Map.of(1L, 2, 2L, 2, 3L, 2, 4L, 1), attemptsUpToOneMore(second, num));
  }

  @Test
  void anAckAfterOnesOwnRefusalCountsAndAStaleRefusalDoesNot() {
    int num = rig.create("slow", 600_000, 100);
    TestSubscriber subscriber = silent("slow", 2);
    rig.commit(2, num);
    await("received", () -> subscriber.received.get() == 2);
    nack(subscriber, 1, 1, 3_600_000);
    nack(subscriber, 2, 1, 0);
    await("parked", () -> rig.count("parked_fire", "seq = 1") == 1);
    ack(subscriber, 1, 0);
    subscriber.credit(1);
    await("again", () -> subscriber.attempts.get(2L) == 2);
    nack(subscriber, 2, 1, 0);
    ack(subscriber, 2, 0);
    awaitNothingOwed(num);
    subscriber.credit(10);
    assertEquals(Map.of(1L, 1, 2L, 2, 3L, 1), attemptsUpToOneMore(subscriber, num));
  }

  @Test
  void aDeadLetterThatIsAcknowledgedAllTheSameIsGone() {
    int num = rig.create("strict", 200, 1);
    TestSubscriber subscriber = silent("strict", 1);
    rig.commit(1, num);
    await("dead", () -> rig.count("parked_fire", "dead") == 1);
    ack(subscriber, 1, 0);
    awaitNothingOwed(num);
  }

  @Test
  void anotherLeaderRepeatsTheSlowOneOnlyWithAHigherAttemptAndTakesItsLateAck() {
    int num = rig.create("slow", 120_000, 100);
    TestSubscriber slow = silent("slow", 1);
    rig.commit(1, num);
    await("received", () -> slow.received.get() == 1);
    TestSubscriber fast = acking("slow");
    await("open", () -> fast.open);
    rig.commit(752, num);
    await("stored", () -> rig.progress(num).equals("to 1 1, to 753 settled"));
    rig.failOver();
    TestSubscriber next = silent("slow", 10);
    await("the slow one", () -> next.received.get() == 1);
    await("attempts are stored", () -> rig.progress(num).equals("to 1 2, to 753 settled"));
    rig.failOver();
    TestSubscriber last = silent("slow", 10);
    assertEquals(Map.of(1L, 3, 754L, 1), attemptsUpToOneMore(last, num));
    // It does not matter that it came to this consumer on a stream of the first leader.
    TestSubscriber again = silent("slow", 0);
    ack(again, 1, 0);
    ack(last, 754, 0);
    awaitNothingOwed(num);
  }

  @Test
  void anAckForTheLeaderBeforeCountsBeforeTheFireIsSentAgain() {
    int num = rig.create("slow", 120_000, 100);
    TestSubscriber slow = silent("slow", 10);
    rig.commit(10, num);
    await("stored", () -> rig.progress(num).equals("to 10 1"));
    rig.failOver();
    TestSubscriber again = silent("slow", 0);
    for (long seq = 1; seq <= 10; seq++) {
      if (seq != 7) {
        ack(again, seq, 0);
      }
    }
    await("stored", () -> rig.progress(num).equals("to 6 settled, to 7 1, to 10 settled"));
    again.credit(10);
    assertEquals(Map.of(7L, 2, 11L, 1), attemptsUpToOneMore(again, num));
    assertEquals(10, slow.received.get());
  }
}
