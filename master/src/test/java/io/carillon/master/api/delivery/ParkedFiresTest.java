package io.carillon.master.api.delivery;

import static io.carillon.master.api.delivery.DeliveryRig.DEFAULT;
import static io.carillon.master.api.delivery.DeliveryRig.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.api.call.Refusals;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.delivery.TestSubscriber.Habit;
import io.carillon.v1.ListParkedFiresRequest;
import io.carillon.v1.ListParkedFiresResponse;
import io.carillon.v1.Nack;
import io.carillon.v1.ParkedFire;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeStart;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fires that were refused or not acknowledged: why, and who is told. */
class ParkedFiresTest {

  private static final String PARENT = "tenants/default/destinations/";
  private static final long HOUR_MILLIS = 3_600_000;

  private DeliveryRig rig;

  @BeforeEach
  void start() {
    rig = new DeliveryRig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /** Has so many fires of a destination, and says nothing of them. */
  private TestSubscriber having(String destination, int fires) {
    TestSubscriber subscriber =
        TestSubscriber.on(rig.delivery(), destination, Habit.IDLE, fires + 10);
    await("open", () -> subscriber.open);
    rig.commit(fires, rig.destination(destination));
    await("received", () -> subscriber.received.get() == fires);
    return subscriber;
  }

  private static Nack.Builder refusal(long seq, long delayMillis, String reason) {
    return Nack.newBuilder()
        .setSeq(seq)
        .setDelay(DeliveryRig.duration(delayMillis))
        .setReason(reason);
  }

  private static void refuse(TestSubscriber subscriber, Nack.Builder... refusals) {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
    for (Nack.Builder refusal : refusals) {
      request.addNacks(refusal);
    }
    subscriber.request(request.build());
  }

  private ListParkedFiresResponse page(String destination, int size, String token) {
    return rig.destinations()
        .listParkedFires(
            ListParkedFiresRequest.newBuilder()
                .setParent(PARENT + destination)
                .setPageSize(size)
                .setPageToken(token)
                .build());
  }

  private List<ParkedFire> parked(String destination) {
    return page(destination, 0, "").getParkedFiresList();
  }

  private List<String> errors(String destination) {
    return parked(destination).stream().map(ParkedFire::getLastError).toList();
  }

  private void awaitStored(int rows) {
    await("stored", () -> rig.count("parked_fire", "last_error <> ''") == rows);
  }

  @Test
  void a_reason_is_kept_with_the_fire_and_shown() {
    TestSubscriber subscriber = having("default", 2);
    refuse(subscriber, refusal(2, HOUR_MILLIS, "the receiver says 503"));
    awaitStored(1);
    assertEquals(1, rig.count("parked_fire", "last_error = 'the receiver says 503'"));
    ParkedFire fire = parked("default").get(0);
    assertEquals(2, fire.getSeq());
    assertEquals("1024-" + (DeliveryRig.DAY + 2) + "-s", fire.getFireId());
    assertEquals("tenants/default/schedules/tick", fire.getSchedule());
    assertEquals(Timestamps.of(DeliveryRig.DAY + 2), fire.getNominalTime());
    assertEquals(1, fire.getAttempts());
    assertFalse(fire.getDeadLetter());
    assertEquals("the receiver says 503", fire.getLastError());
    long next =
        rig.database.core().fetchSingle("select next_time from parked_fire").into(long.class);
    assertEquals(Timestamps.of(next), fire.getNextAttemptTime());
  }

  @Test
  void a_dead_letter_tells_its_last_reason_and_no_next_attempt() {
    rig.create("strict", 30_000, 2);
    TestSubscriber subscriber = having("strict", 1);
    refuse(subscriber, refusal(1, 0, "the first"));
    await("again", () -> subscriber.received.get() == 2);
    refuse(subscriber, refusal(1, 0, "the second"));
    await("dead", () -> rig.count("parked_fire", "dead") == 1);
    ParkedFire fire = parked("strict").get(0);
    assertTrue(fire.getDeadLetter());
    assertFalse(fire.hasNextAttemptTime());
    assertEquals(2, fire.getAttempts());
    assertEquals("the second", fire.getLastError());
  }

  @Test
  void what_nobody_acknowledges_says_within_what_time() {
    rig.create("slow", 300, 1);
    having("slow", 1);
    await("dead", () -> rig.count("parked_fire", "dead") == 1);
    assertEquals(List.of("not acknowledged within 0.3 s"), errors("slow"));
  }

  @Test
  void the_last_error_stays_when_another_master_leads() {
    TestSubscriber subscriber = having("default", 1);
    refuse(subscriber, refusal(1, 0, "busy"));
    awaitStored(1);
    rig.failOver();
    assertEquals(List.of("busy"), errors("default"));
    TestSubscriber next = TestSubscriber.on(rig.delivery(), "default", Habit.IDLE, 10);
    await("again", () -> next.attempts.containsKey(1L));
    int attempts = next.attempts.get(1L);
    await("its attempt is stored", () -> rig.count("parked_fire", "attempts = " + attempts) == 1);
    assertEquals(List.of("busy"), errors("default"));
  }

  @Test
  void lists_go_by_seq_and_page_by_page_and_know_one_destination_only() {
    rig.create("other", 30_000, 100);
    TestSubscriber others = having("other", 1);
    refuse(others, refusal(1, HOUR_MILLIS, "of another"));
    TestSubscriber subscriber = having("default", 5);
    refuse(subscriber, refusal(4, HOUR_MILLIS, "d"), refusal(2, 2 * HOUR_MILLIS, "b"));
    refuse(subscriber, refusal(6, HOUR_MILLIS, "f"), refusal(3, HOUR_MILLIS, "c"));
    awaitStored(5);
    List<String> errors = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    String token = "";
    do {
      ListParkedFiresResponse page = page("default", 3, token);
      page.getParkedFiresList().forEach(fire -> errors.add(fire.getLastError()));
      sizes.add(page.getParkedFiresCount());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(List.of("b", "c", "d", "f"), errors);
    assertEquals(List.of(3, 1), sizes);
    assertEquals("", page("default", 4, "").getNextPageToken());
  }

  @Test
  void a_page_of_long_reasons_stays_below_what_a_client_takes() {
    int fires = 1_500;
    TestSubscriber subscriber = having("default", fires);
    for (int seq = 1; seq <= fires; seq++) {
      refuse(subscriber, refusal(seq, HOUR_MILLIS, "\u20ac".repeat(1000)));
    }
    awaitStored(fires);
    int listed = 0;
    String token = "";
    do {
      ListParkedFiresResponse page = page("default", 1000, token);
      assertTrue(page.getSerializedSize() < 4 << 20, () -> "" + page.getSerializedSize());
      listed += page.getParkedFiresCount();
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(fires, listed);
  }

  @Test
  void what_is_wrong_with_a_list_is_named() {
    assertEquals("INVALID_ARGUMENT FIELD_REQUIRED parent", listRefusal(request("")));
    assertEquals("INVALID_ARGUMENT FIELD_MALFORMED parent", listRefusal(request("x/y")));
    assertEquals(
        "NOT_FOUND TENANT_NOT_FOUND", listRefusal(request("tenants/no/destinations/default")));
    assertEquals("NOT_FOUND DESTINATION_NOT_FOUND", listRefusal(request(PARENT + "no")));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE page_size",
        listRefusal(request(PARENT + "default").setPageSize(-1)));
    assertEquals(
        "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token",
        listRefusal(request(PARENT + "default").setPageToken("abc")));
  }

  private static ListParkedFiresRequest.Builder request(String parent) {
    return ListParkedFiresRequest.newBuilder().setParent(parent);
  }

  private String listRefusal(ListParkedFiresRequest.Builder request) {
    return Refusals.of(
        assertThrows(
            StatusRuntimeException.class,
            () -> rig.destinations().listParkedFires(request.build())));
  }

  // ---- what Subscribe takes

  private String subscribeRefusal(Nack.Builder... refusals) {
    TestSubscriber subscriber = TestSubscriber.idle(rig.delivery());
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
    request.setStart(SubscribeStart.newBuilder().setDestination(PARENT + "default"));
    for (Nack.Builder refusal : refusals) {
      request.addNacks(refusal);
    }
    subscriber.request(request.build());
    await("answered", () -> subscriber.open || subscriber.failure.get() != null);
    return subscriber.open ? "" : Refusals.of(subscriber.failure.get());
  }

  @Test
  void a_reason_is_one_line_of_a_thousand_characters_at_most() {
    String longest = "\ud83d\udd14".repeat(1000);
    assertEquals("", subscribeRefusal(refusal(1, 0, longest)));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE nacks[0].reason",
        subscribeRefusal(refusal(1, 0, longest + "x")));
    for (String control : List.of("two\nlines", "\u0000", "\u001b[31m", "\u2028", "\u202e")) {
      assertEquals(
          "INVALID_ARGUMENT FIELD_MALFORMED nacks[1].reason",
          subscribeRefusal(refusal(1, 0, "well"), refusal(2, 0, control)));
    }
  }

  @Test
  void a_reason_of_the_greatest_length_arrives_whole() {
    String longest = "\ud83d\udd14".repeat(1000);
    TestSubscriber subscriber = having("default", 1);
    refuse(subscriber, refusal(1, HOUR_MILLIS, longest));
    awaitStored(1);
    assertEquals(List.of(longest), errors("default"));
  }

  // ---- without a subscriber

  @Test
  void a_destination_that_is_opened_without_a_sink_knows_its_place_and_serves_a_later_one() {
    TestSubscriber first = TestSubscriber.on(rig.delivery(), "default", Habit.ACK, 100);
    rig.commit(4, DEFAULT);
    await("settled", () -> rig.cursor(DEFAULT) == 4);
    rig.failOver();
    rig.hub.open(DEFAULT);
    await("loaded", () -> rig.queue(DEFAULT) != null);
    assertEquals(4, rig.queue(DEFAULT).cursor());
    assertEquals(0, rig.queue(DEFAULT).subscribers());
    rig.commit(3, DEFAULT);
    TestSubscriber later = TestSubscriber.on(rig.delivery(), "default", Habit.ACK, 100);
    await("settled", () -> rig.cursor(DEFAULT) == 7);
    assertEquals(3, later.received.get());
    assertEquals(4, first.received.get());
    later.leave();
    await("it stays", () -> rig.queue(DEFAULT).subscribers() == 0);
    rig.commit(1, DEFAULT);
    TestSubscriber last = TestSubscriber.on(rig.delivery(), "default", Habit.ACK, 100);
    await("settled", () -> rig.cursor(DEFAULT) == 8);
    assertEquals(1, last.received.get());
  }
}
