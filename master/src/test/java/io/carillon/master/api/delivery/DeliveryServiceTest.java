package io.carillon.master.api.delivery;

import static io.carillon.master.api.delivery.DeliveryRig.DEFAULT;
import static io.carillon.master.api.delivery.DeliveryRig.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import io.carillon.master.api.call.Refusals;
import io.carillon.master.api.delivery.TestSubscriber.Habit;
import io.carillon.master.core.delivery.DeliveryLimits;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.Destination;
import io.carillon.v1.Nack;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeStart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryServiceTest {

  private DeliveryRig rig;

  @BeforeEach
  void start() {
    rig = new DeliveryRig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private TestSubscriber subscribe(String destination, Habit habit, int credit) {
    return TestSubscriber.on(rig.delivery(), destination, habit, credit);
  }

  @Test
  void aFireArrivesWithItsContentAndTheCursorFollowsTheAck() {
    TestSubscriber subscriber = subscribe("default", Habit.ACK, 100);
    await("open", () -> subscriber.open);
    rig.commit(3, DEFAULT);
    await("received", () -> subscriber.received.get() == 3);
    DeliveredFire fire = subscriber.last;
    assertEquals(3, fire.getSeq());
    assertEquals("1024-" + (DeliveryRig.DAY + 3) + "-s", fire.getFireId());
    assertEquals("tenants/default/schedules/tick", fire.getSchedule());
    assertEquals("payload", fire.getPayload().toStringUtf8());
    assertEquals("text/plain", fire.getPayloadType());
    assertEquals(1, fire.getAttempt());
    assertEquals(7, fire.getPartitionEpoch());
    await("settled", () -> rig.cursor(DEFAULT) == 3);
  }

  @Test
  void whatWasRecordedBeforeTheFirstSubscriberIsReadBackOnceAndOnlyOnce() {
    int other = rig.create("other", 30_000, 100);
    rig.commit(30_000, DEFAULT, other);
    TestSubscriber subscriber = subscribe("default", Habit.ACK, 9_000);
    for (int i = 0; i < 40; i++) {
      rig.commit(500, DEFAULT, other);
    }
    long expected = 15_000 + 10_000;
    await("all received", () -> subscriber.received.get() >= expected);
    await("cursor at the end", () -> rig.cursor(DEFAULT) >= rig.logEnd - 1);
    assertEquals(expected, subscriber.received.get());
    assertEquals(expected, subscriber.attempts.size());
    assertTrue(subscriber.attempts.values().stream().allMatch(attempt -> attempt == 1));
  }

  @Test
  void aHundredThousandFiresPassInSeconds() {
    TestSubscriber subscriber = subscribe("default", Habit.ACK, 50_000);
    await("open", () -> subscriber.open);
    long began = System.nanoTime();
    for (int i = 0; i < 200; i++) {
      rig.commit(1000, DEFAULT);
    }
    await("all received", () -> subscriber.received.get() >= 200_000);
    await("cursor at the end", () -> rig.cursor(DEFAULT) == 200_000);
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf("recorded, delivered and settled: %.0f fires/s%n", 200_000 / seconds);
    assertEquals(200_000, subscriber.received.get());
  }

  @Test
  void aFloodIsDeliveredOnceAndWhole() {
    int other = rig.create("other", 30_000, 100);
    TestSubscriber subscriber = subscribe("default", Habit.ACK, 50_000);
    await("open", () -> subscriber.open);
    for (int i = 0; i < 5; i++) {
      rig.commit(40_000, DEFAULT, other);
    }
    await("all received", () -> subscriber.received.get() >= 100_000);
    await("cursor at the end", () -> rig.cursor(DEFAULT) >= rig.logEnd - 1);
    assertEquals(100_000, subscriber.received.get());
  }

  @Test
  void aMasterThatStartsAgainGoesOnWhereTheCursorIsAndKeepsWhatIsParked() {
    // It has room for these and for none of them again.
    TestSubscriber refusing = subscribe("default", Habit.IDLE, 10);
    await("open", () -> refusing.open);
    rig.commit(10, DEFAULT);
    await("received", () -> refusing.received.get() == 10);
    refusing.request(
        SubscribeRequest.newBuilder()
            .addAcks(SeqRange.newBuilder().setFirst(1).setLast(4))
            .addAcks(SeqRange.newBuilder().setFirst(8))
            .addNacks(Nack.newBuilder().setSeq(6).setDelay(Duration.newBuilder().setSeconds(3600)))
            .addNacks(Nack.newBuilder().setSeq(7).setDelay(Duration.getDefaultInstance()))
            .build());
    await("parked", () -> rig.count("parked_fire", "seq in (6, 7)") == 2);
    await("cursor", () -> rig.cursor(DEFAULT) == 4);
    rig.stop();
    await("told", () -> refusing.failure.get() != null);
    rig.start();
    TestSubscriber subscriber = subscribe("default", Habit.ACK, 100);
    await("cursor", () -> rig.cursor(DEFAULT) == 10);
    await("the rest", () -> subscriber.attempts.size() == 4);
    assertEquals(java.util.Map.of(5L, 2, 7L, 2, 9L, 2, 10L, 2), subscriber.attempts);
    await("unparked", () -> rig.count("parked_fire", "true") == 1);
  }

  @Test
  void badSubscribersHoldUpNobodyAndMemoryStaysFlat() {
    int silent = rig.create("silent", 300, 3);
    int nacking = rig.create("nacking", 30_000, 4);
    int deaf = rig.create("deaf", 500, 2);
    TestSubscriber mute = subscribe("silent", Habit.SILENT, 50_000);
    TestSubscriber nacks = subscribe("nacking", Habit.NACK, 50_000);
    TestSubscriber stopped = subscribe("deaf", Habit.STOP_READING, 100_000);
    TestSubscriber good = subscribe("default", Habit.ACK, 50_000);
    await("open", () -> good.open && nacks.open && stopped.open && mute.open);
    DeliveryLimits limits = DeliveryLimits.DEFAULT;
    int bound = limits.tail() + 2 * limits.readAhead() + limits.window() + limits.redeliveries();
    int rounds = 60;
    for (int i = 1; i <= rounds; i++) {
      rig.commit(4_000, DEFAULT, silent, nacking, deaf);
      long sent = i * 1000L;
      await("the good one has " + sent, () -> good.received.get() == sent);
      for (int num : new int[] {silent, nacking, deaf}) {
        assertTrue(rig.queue(num).held() <= bound, () -> rig.queue(num).toString());
      }
    }
    await("good cursor", () -> rig.cursor(DEFAULT) >= rig.logEnd - 3);
    assertEquals(rounds * 1000L, good.received.get());
    await(
        "dead letters",
        () -> rig.count("parked_fire", "dead and destination_num = " + nacking) > 1000);
    // It was given what the stream took, and no more than that.
    assertTrue(rig.queue(deaf).inFlight() < 10_000, () -> rig.queue(deaf).toString());
  }

  @Test
  void aFireThatIsRefusedTooOftenIsADeadLetterAndIsCounted() {
    int num = rig.create("strict", 30_000, 3);
    TestSubscriber nacks = subscribe("strict", Habit.NACK, 100);
    await("open", () -> nacks.open);
    rig.commit(5, num);
    await("dead", () -> rig.count("parked_fire", "dead and attempts = 3") == 5);
    assertEquals(15, nacks.received.get());
    Destination destination =
        rig.destinations()
            .getDestination(
                io.carillon.v1.GetDestinationRequest.newBuilder()
                    .setName("tenants/default/destinations/strict")
                    .build());
    assertEquals(5, destination.getStatus().getDeadLetters());
    assertEquals(5, destination.getStatus().getLogEnd());
    assertEquals(1, destination.getStatus().getSubscribers());
    await("cursor", () -> rig.cursor(num) == 5);
  }

  @Test
  void whatASubscriberLeavesBehindGoesToTheNext() {
    TestSubscriber first = TestSubscriber.idle(rig.delivery());
    first.request(start("tenants/default/destinations/default").build());
    await("open", () -> first.open);
    first.credit(5);
    rig.commit(8, DEFAULT);
    await("received", () -> first.received.get() == 5);
    TestSubscriber second = subscribe("default", Habit.ACK, 100);
    await("the rest", () -> second.received.get() == 3);
    first.leave();
    await("all", () -> second.received.get() == 8);
    assertEquals(2, second.attempts.get(1L));
    assertEquals(1, second.attempts.get(8L));
    await("cursor", () -> rig.cursor(DEFAULT) == 8);
  }

  @Test
  void aDeposedMasterSettlesNothingAndSaysSo() {
    TestSubscriber subscriber = subscribe("default", Habit.ACK, 100);
    await("open", () -> subscriber.open);
    rig.database.core().execute("update leader_epoch set epoch = 1");
    rig.commit(3, DEFAULT);
    await("deposed", rig.deposed::get);
    await("told", () -> subscriber.failure.get() != null);
    assertEquals("UNAVAILABLE NOT_LEADER", Refusals.of(subscriber.failure.get()));
    assertEquals(0, rig.cursor(DEFAULT));
  }

  private String refusal(SubscribeRequest... requests) {
    TestSubscriber subscriber = TestSubscriber.idle(rig.delivery());
    for (SubscribeRequest request : requests) {
      subscriber.request(request);
    }
    await("refused", () -> subscriber.failure.get() != null);
    return Refusals.of(subscriber.failure.get());
  }

  private static SubscribeRequest.Builder start(String destination) {
    return SubscribeRequest.newBuilder()
        .setStart(SubscribeStart.newBuilder().setDestination(destination));
  }

  @Test
  void whatIsWrongWithAStreamIsNamed() {
    String here = "tenants/default/destinations/default";
    assertEquals(
        "INVALID_ARGUMENT FIELD_REQUIRED start",
        refusal(SubscribeRequest.newBuilder().setCredit(1).build()));
    assertEquals("INVALID_ARGUMENT FIELD_REQUIRED start.destination", refusal(start("").build()));
    assertEquals(
        "INVALID_ARGUMENT FIELD_MALFORMED start.destination", refusal(start("x/y").build()));
    assertEquals(
        "NOT_FOUND TENANT_NOT_FOUND", refusal(start("tenants/no/destinations/default").build()));
    assertEquals(
        "NOT_FOUND DESTINATION_NOT_FOUND",
        refusal(start("tenants/default/destinations/no").build()));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE credit", refusal(start(here).setCredit(-1).build()));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE credit",
        refusal(start(here).setCredit(100_001).build()));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_PLACE start",
        refusal(start(here).build(), start(here).build()));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE nacks[0].delay",
        refusal(
            start(here)
                .addNacks(
                    Nack.newBuilder().setSeq(1).setDelay(Duration.newBuilder().setSeconds(86_401)))
                .build()));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE nacks[0].attempt",
        refusal(start(here).addNacks(Nack.newBuilder().setSeq(1).setAttempt(-1)).build()));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE acks[0]",
        refusal(start(here).addAcks(SeqRange.newBuilder().setFirst(5).setLast(4)).build()));
  }
}
