package io.carillon.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SubscriptionTest {

  private static final String DESTINATION = "tenants/default/destinations/default";

  private final FakeDelivery delivery = new FakeDelivery();
  private LoopbackServer server;
  private CarillonClient client;

  @BeforeEach
  void start() throws Exception {
    server = new LoopbackServer(0, delivery);
    client = CarillonClient.builder().address(server.address()).build();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.close();
    assertEquals(List.of(), delivery.faults());
  }

  @Test
  void everyFireIsHandledInOrderOnOneThreadAndAcknowledged() throws Exception {
    List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    delivery.record(1, 1000);
    try (Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              threads.add(Thread.currentThread());
              seen.add(fire.fire().getSeq());
              fire.ack();
            },
            SubscriptionOptions.defaults().withWindow(70))) {
      delivery.awaitAcked(500);
      delivery.record(1001, 2000);
      delivery.awaitAcked(2000);
      assertTrue(!subscription.whenEnded().isDone());
    }
    assertEquals(2000, seen.size());
    assertEquals(seen.stream().sorted().toList(), seen);
    assertEquals(1, threads.size());
  }

  @Test
  void acknowledgementsTravelTogether() throws Exception {
    delivery.record(1, 50_000);
    try (Subscription subscription = client.subscribe(DESTINATION, Delivery::ack)) {
      delivery.awaitAcked(50_000);
    }
    assertTrue(delivery.ackMessages() < 2000, "messages with acks: " + delivery.ackMessages());
  }

  @Test
  void itGoesOnAfterStreamsBreakAndUnacknowledgedFiresComeAgain() throws Exception {
    AtomicInteger lost = new AtomicInteger();
    AtomicInteger connected = new AtomicInteger();
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    SubscriptionOptions options =
        SubscriptionOptions.defaults()
            .withWindow(100)
            .withOnConnect(connected::incrementAndGet)
            .withOnDisconnect((reason, retryIn) -> lost.incrementAndGet());
    try (Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              // The first attempt of every tenth is never settled: only a new stream brings it
              // back.
              if (fire.fire().getSeq() % 10 != 0 || fire.fire().getAttempt() > 1) {
                handled.add(fire.fire().getSeq());
                fire.ack();
              }
            },
            options)) {
      for (int round = 0; round < 3; round++) {
        delivery.record(round * 200 + 1, round * 200 + 200);
        delivery.awaitAcked(round * 200 + 100);
        delivery.dropStreams();
        delivery.awaitAcked(round * 200 + 190);
      }
      delivery.awaitAcked(600);
    }
    assertEquals(600, handled.size());
    assertEquals(3, lost.get());
    assertEquals(4, connected.get());
  }

  @Test
  void whatIsHandledAfterItsStreamWasLostIsAcknowledgedOnTheNext() throws Exception {
    List<Delivery> held = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch received = new CountDownLatch(30);
    SubscriptionOptions options =
        SubscriptionOptions.defaults()
            .withWindow(50)
            .withOnDisconnect(
                (reason, retryIn) -> List.copyOf(held).subList(0, 20).forEach(Delivery::ack));
    delivery.record(1, 30);
    try (Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              if (fire.fire().getAttempt() > 1) {
                fire.ack();
              } else {
                held.add(fire);
                received.countDown();
              }
            },
            options)) {
      assertTrue(received.await(10, TimeUnit.SECONDS));
      delivery.dropStreams();
      delivery.awaitAcked(30);
      for (int i = 0; i < 30; i++) {
        long seq = held.get(i).fire().getSeq();
        assertEquals(i < 20 ? 1 : 2, delivery.attempts(seq), "attempts of " + seq);
      }
    }
  }

  @Test
  void itGoesOnAfterTheMasterStartsAgain() throws Exception {
    delivery.record(1, 10);
    CountDownLatch lost = new CountDownLatch(1);
    SubscriptionOptions options =
        SubscriptionOptions.defaults().withOnDisconnect((reason, retryIn) -> lost.countDown());
    try (Subscription subscription = client.subscribe(DESTINATION, Delivery::ack, options)) {
      delivery.awaitAcked(10);
      int port = server.port();
      server.close();
      assertTrue(lost.await(10, TimeUnit.SECONDS));
      delivery.record(11, 20);
      server = new LoopbackServer(port, delivery);
      delivery.awaitAcked(20);
    }
  }

  @Test
  void aFireForWhichTheHandlerThrowsIsRefusedAndComesAgain() throws Exception {
    delivery.record(1, 3);
    SubscriptionOptions options =
        SubscriptionOptions.defaults().withRetryDelay(Duration.ofMillis(1500));
    try (Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              if (fire.fire().getSeq() == 2 && fire.fire().getAttempt() == 1) {
                throw new IllegalStateException("not now");
              }
              fire.ack();
            },
            options)) {
      delivery.awaitAcked(3);
    }
    assertEquals(1, delivery.nacks().size());
    assertEquals(2, delivery.nacks().get(0).getSeq());
    assertEquals(1, delivery.nacks().get(0).getAttempt());
    assertEquals(1, delivery.nacks().get(0).getDelay().getSeconds());
    assertEquals(500_000_000, delivery.nacks().get(0).getDelay().getNanos());
    assertEquals("java.lang.IllegalStateException: not now", delivery.nacks().get(0).getReason());
  }

  @Test
  void aReasonIsSentAsALineAndLongOnesInSeveralMessages() throws Exception {
    String bell = "\ud83d\udd14";
    int fires = 1_000;
    delivery.record(1, fires);
    SubscriptionOptions options = SubscriptionOptions.defaults().withWindow(4 * fires);
    try (Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              if (fire.fire().getAttempt() == 1) {
                fire.nack(Duration.ZERO, "a\nb\u0000c\u2028d" + bell.repeat(1_000));
              }
            },
            options)) {
      delivery.awaitNacks(fires);
    }
    String sent = "a b c d" + bell.repeat(993);
    assertTrue(delivery.nacks().stream().allMatch(nack -> nack.getReason().equals(sent)));
    assertTrue(delivery.mostBytes() <= 256 << 10, "bytes in a message: " + delivery.mostBytes());
  }

  @Test
  void anErrorOfTheHandlerHarmsNoOtherFire() throws Exception {
    delivery.record(1, 300);
    try (Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              if (fire.fire().getSeq() == 50 && fire.fire().getAttempt() == 1) {
                throw new StackOverflowError("as the test says");
              }
              fire.ack();
            },
            SubscriptionOptions.defaults().withWindow(100).withRetryDelay(Duration.ZERO))) {
      delivery.awaitAcked(300);
    }
    assertEquals(1, delivery.nacks().size());
  }

  @Test
  void itMayBeClosedAtOnce() {
    for (int i = 0; i < 200; i++) {
      client.subscribe(DESTINATION, Delivery::ack).close();
    }
  }

  @Test
  void onlyTheFirstSettlementCounts() throws Exception {
    delivery.record(1, 1);
    try (Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              fire.ack();
              fire.ack();
              fire.nack(Duration.ZERO);
            },
            SubscriptionOptions.defaults().withWindow(SubscriptionOptions.MAX_WINDOW))) {
      delivery.awaitAcked(1);
    }
    // A credit given back twice would exceed the maximum, which the fake reports as a fault.
    assertEquals(List.of(), delivery.nacks());
  }

  @Test
  void closeSendsTheLastAcknowledgements() throws Exception {
    delivery.record(1, 500);
    CountDownLatch all = new CountDownLatch(500);
    Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              fire.ack();
              all.countDown();
            });
    assertTrue(all.await(10, TimeUnit.SECONDS));
    subscription.close();
    assertEquals(500, delivery.acked().size());
    subscription.whenEnded().get(1, TimeUnit.SECONDS);
  }

  @Test
  void theHandlerMayCloseItsSubscription() throws Exception {
    delivery.record(1, 500);
    AtomicReference<Subscription> subscription = new AtomicReference<>();
    CountDownLatch known = new CountDownLatch(1);
    AtomicInteger handled = new AtomicInteger();
    subscription.set(
        client.subscribe(
            DESTINATION,
            fire -> {
              known.await();
              fire.ack();
              if (handled.incrementAndGet() == 7) {
                subscription.get().close();
              }
            }));
    known.countDown();
    subscription.get().whenEnded().get(10, TimeUnit.SECONDS);
    assertEquals(7, handled.get());
    assertEquals(7, delivery.acked().size());
  }

  @Test
  void anExecutorOfTheCallersRunsHandlersSideBySide() throws Exception {
    delivery.record(1, 4);
    CountDownLatch together = new CountDownLatch(4);
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try (Subscription subscription =
        client.subscribe(
            DESTINATION,
            fire -> {
              together.countDown();
              together.await();
              fire.ack();
            },
            SubscriptionOptions.defaults().withExecutor(executor))) {
      delivery.awaitAcked(4);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void whatSaysThatItKnowsNoSubscribeDoesNotEndOneThatWorked() throws Exception {
    AtomicInteger lost = new AtomicInteger();
    SubscriptionOptions options =
        SubscriptionOptions.defaults()
            .withOnDisconnect((reason, retryIn) -> lost.incrementAndGet());
    try (Subscription subscription = client.subscribe(DESTINATION, Delivery::ack, options)) {
      delivery.record(1, 10);
      delivery.awaitAcked(10);
      // As a proxy without a master behind it, or a server that is starting.
      delivery.refuseWith(Status.UNIMPLEMENTED.withDescription("Method not found"));
      delivery.dropStreams();
      while (lost.get() < 3) {
        assertFalse(subscription.whenEnded().isDone());
        Thread.onSpinWait();
      }
      delivery.refuseWith(null);
      delivery.record(11, 20);
      delivery.awaitAcked(20);
    }
  }

  @Test
  void whatKnowsNoSubscribeFromTheBeginningEndsIt() {
    delivery.refuseWith(Status.UNIMPLEMENTED.withDescription("Method not found"));
    Subscription subscription = client.subscribe(DESTINATION, Delivery::ack);
    ExecutionException ended =
        assertThrows(
            ExecutionException.class, () -> subscription.whenEnded().get(10, TimeUnit.SECONDS));
    assertEquals(
        Status.Code.UNIMPLEMENTED,
        assertInstanceOf(CarillonException.class, ended.getCause()).code());
  }

  @Test
  void aRefusalForGoodEndsIt() {
    delivery.refuseWith(Status.NOT_FOUND.withDescription("no such destination"));
    Subscription subscription = client.subscribe(DESTINATION, Delivery::ack);
    ExecutionException ended =
        assertThrows(
            ExecutionException.class, () -> subscription.whenEnded().get(10, TimeUnit.SECONDS));
    CarillonException reason = assertInstanceOf(CarillonException.class, ended.getCause());
    assertEquals(Status.Code.NOT_FOUND, reason.code());
    assertEquals("no such destination", reason.getMessage());
  }

  @Test
  void rangesNeverCoverAHole() {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
    long[] seqs = {9, 1, 2, 3, 5, 3, 8, 99, 99};
    FireStream.addRanges(request, seqs, 7);
    assertEquals(
        Arrays.asList("1-3", "5-5", "8-9"),
        request.getAcksList().stream().map(SubscriptionTest::text).toList());
  }

  private static String text(SeqRange range) {
    return range.getFirst() + "-" + range.getLast();
  }
}
