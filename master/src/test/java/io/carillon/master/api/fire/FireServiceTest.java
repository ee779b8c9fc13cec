package io.carillon.master.api.fire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.api.call.Refusals;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.delivery.DeliveryRig;
import io.carillon.v1.Fire;
import io.carillon.v1.GetFireRequest;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.ListFiresResponse;
import io.carillon.v1.TailFiresRequest;
import io.carillon.v1.TailFiresResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FireServiceTest {

  private static final long SECOND = 1_000_000;
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final long OLD = 5000;
  private static final long NEW = 5001;
  private static final long OTHER = 5002;
  private static final long BACKFILLED = 5003;
  private static final String PARENT = "tenants/default/schedules/s";

  private static DeliveryRig rig;
  private static long base;
  private static long seq;

  /**
   * "s": a deleted schedule every second for 3 000 s, then a live one every second for 3 000 s with
   * a skipped run, two manual fires and a change of rule; "other" beside it.
   */
  @BeforeAll
  static void record() {
    rig = new DeliveryRig();
    base = (rig.clock.nowMicros() / (10 * SECOND) - 800) * 10 * SECOND;
    io.carillon.master.TestDatabase.makeDay(rig.database.core(), base);
    io.carillon.master.TestDatabase.makeDay(rig.database.core(), base + 8_000 * SECOND);
    String everySecond = ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), UTC).canonical();
    String every10 =
        ScheduleSpec.of(new ScheduleSpec.IntervalRule(10 * SECOND, 0), UTC).canonical();
    rig.addSchedule(OLD, "s", 4, everySecond, 1, base, "");
    rig.addSchedule(NEW, "s", 1, everySecond, 1, base + 3_000 * SECOND, "");
    rig.addSchedule(OTHER, "other", 4, every10, 1, base, "");
    revisionEnds(OLD, base + 3_000 * SECOND);
    revisionEnds(OTHER, base + 7_000 * SECOND);
    fires(OLD, 1, 3_000, 0, 0);
    fires(NEW, 3_001, 4_000, 0, 0);
    rig.database
        .core()
        .execute(
            "insert into fire values (?, ?, ?, ?, 1, 1, ?, 1000, 1, 0, 0, 1)",
            base + 4_001 * SECOND,
            NEW,
            ++seq,
            base + 6_000 * SECOND,
            base + 5_000 * SECOND);
    fires(NEW, 5_001, 6_000, 0, 0);
    fires(NEW, 3_500, 3_500, 1, 7);
    fires(NEW, 4_500, 4_500, 1, 7);
    fires(OTHER, 7_000, 7_000, 0, 0);
    rig.addSchedule(BACKFILLED, "backfilled", 4, every10, 1, base, "");
    revisionEnds(BACKFILLED, base + 7_000 * SECOND);
    fires(BACKFILLED, 7_000, 7_000, 0, 0);
    // Its third backfill, at a time that was scheduled, too.
    fires(BACKFILLED, 7_000, 7_000, 4, 0);
    rig.database.core().execute("update partition_state set last_seq = ? where id = 3", seq);
  }

  private static void revisionEnds(long schedule, long at) {
    rig.database
        .core()
        .execute("update revision set valid_to = ? where schedule_num = ?", at, schedule);
  }

  private static void fires(long schedule, int first, int last, int kind, long off) {
    rig.database
        .core()
        .execute(
            "insert into fire select ? + i::bigint * 1000000, ?, ? + i, ? + i::bigint * 1000000, 1, 1,"
                + " ? + i::bigint * 1000000, 0, 1, 0, ?, 0 from generate_series(?, ?) as i",
            base + off,
            schedule,
            seq + 1 - first,
            base + off + 9,
            base + off,
            kind,
            first,
            last);
    seq += last - first + 1;
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static ListFiresRequest.Builder list(String parent) {
    return ListFiresRequest.newBuilder().setParent(parent);
  }

  private static List<Fire> all(ListFiresRequest.Builder request) {
    List<Fire> fires = new ArrayList<>();
    String token = "";
    do {
      ListFiresResponse page = rig.fires().listFires(request.setPageToken(token).build());
      fires.addAll(page.getFiresList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    for (int i = 1; i < fires.size(); i++) {
      assertTrue(nominal(fires.get(i - 1)) <= nominal(fires.get(i)), "in order");
    }
    return fires;
  }

  private static long nominal(Fire fire) {
    return fire.getNominalTime().getSeconds() * SECOND + fire.getNominalTime().getNanos() / 1000;
  }

  @Test
  void aFireOfABackfillIsFoundBesideTheScheduledOneOfItsTime() {
    List<Fire> fires = all(list("tenants/default/schedules/backfilled"));
    assertEquals(
        List.of(Fire.Kind.SCHEDULED, Fire.Kind.BACKFILL),
        fires.stream().map(Fire::getKind).toList());
    Fire backfilled = fires.get(1);
    assertEquals(3, backfilled.getBackfill());
    assertTrue(backfilled.getFireId().endsWith("-b3"), backfilled.getFireId());
    GetFireRequest get = GetFireRequest.newBuilder().setName(backfilled.getName()).build();
    assertEquals(backfilled, rig.fires().getFire(get));
    assertEquals(0, fires.get(0).getBackfill());
  }

  @Test
  void theFiresOfAScheduleAreFoundWithManualAndSkippedOnesWhateverThePageSize() {
    for (int size : new int[] {7, 50, 999, 1000}) {
      List<Fire> fires = all(list(PARENT).setPageSize(size));
      assertEquals(1_000 + 1 + 1_000 + 2, fires.size());
      assertEquals(2, fires.stream().filter(f -> f.getKind() == Fire.Kind.MANUAL).count());
      Fire skipped =
          fires.stream()
              .filter(f -> f.getDisposition() == Fire.Disposition.SKIPPED)
              .findAny()
              .get();
      assertEquals(1000, skipped.getSkippedCount());
      assertEquals(Fire.SkipReason.CATCHUP_WINDOW, skipped.getSkipReason());
      assertEquals("tenants/default/destinations/default", fires.get(0).getDestination());
    }
  }

  @Test
  void theStartIsInclusiveAndTheEndIsNot() {
    List<Fire> fires =
        all(
            list(PARENT)
                .setStartTime(Timestamps.of(base + 3_500 * SECOND))
                .setEndTime(Timestamps.of(base + 3_502 * SECOND)));
    assertEquals(
        List.of(base + 3_500 * SECOND, base + 3_500 * SECOND + 7, base + 3_501 * SECOND),
        fires.stream().map(FireServiceTest::nominal).toList());
  }

  @Test
  void aNameWithoutALiveScheduleStandsForTheDeletedOnes() {
    List<Fire> fires = all(list("tenants/default/schedules/other"));
    assertEquals(1, fires.size());
    assertEquals(fires.get(0), get(fires.get(0).getName()));
  }

  @Test
  void aFireOfADeletedScheduleIsFoundByItsNameAlthoughAnotherHasTheNameNow() {
    String id = OLD + "-" + (base + 5 * SECOND) + "-s";
    assertEquals(id, get(PARENT + "/fires/" + id).getFireId());
  }

  private static Fire get(String name) {
    return rig.fires().getFire(GetFireRequest.newBuilder().setName(name).build());
  }

  @Test
  void aTenantsFiresAreThoseOfAllItsSchedules() {
    List<Fire> fires =
        all(
            list("tenants/default/schedules/-")
                .setPageSize(1000)
                .setStartTime(Timestamps.of(base)));
    assertEquals(seq, fires.size());
    // Unset, the start is an hour ago.
    assertTrue(all(list("tenants/default/schedules/-").setPageSize(1000)).size() < seq);
  }

  @Test
  void aTailGivesWhatIsThereInOrderAndThenWhatComes() throws Exception {
    List<TailFiresResponse> responses = Collections.synchronizedList(new ArrayList<>());
    rig.tailing()
        .tailFires(
            TailFiresRequest.newBuilder().setParent(PARENT).setAfterSeq(0).build(),
            new StreamObserver<>() {
              @Override
              public void onNext(TailFiresResponse response) {
                responses.add(response);
              }

              @Override
              public void onError(Throwable failure) {}

              @Override
              public void onCompleted() {}
            });
    DeliveryRig.await(
        "all that is there",
        () ->
            List.copyOf(responses).stream().mapToInt(TailFiresResponse::getFiresCount).sum()
                == 2003);
    long last = 0;
    for (TailFiresResponse response : List.copyOf(responses)) {
      for (Fire fire : response.getFiresList()) {
        assertTrue(fire.getSeq() > last);
        last = fire.getSeq();
      }
      assertTrue(response.getPosition() >= last);
    }
  }

  private static String refusal(Executable call) {
    return Refusals.of(assertThrows(StatusRuntimeException.class, call));
  }

  private static String listRefusal(ListFiresRequest.Builder request) {
    return refusal(() -> rig.fires().listFires(request.build()));
  }

  @Test
  void whatIsWrongWithARequestIsNamed() {
    String bad = "INVALID_ARGUMENT ";
    assertEquals(bad + "FIELD_REQUIRED name", refusal(() -> get("")));
    assertEquals(bad + "FIELD_MALFORMED name", refusal(() -> get(PARENT)));
    assertEquals(bad + "FIELD_MALFORMED name", refusal(() -> get(PARENT + "/fires/12-x-s")));
    assertEquals("NOT_FOUND FIRE_NOT_FOUND", refusal(() -> get(PARENT + "/fires/12-34-s")));
    String of = OLD + "-" + (base + 5 * SECOND) + "-s";
    assertEquals(
        "NOT_FOUND FIRE_NOT_FOUND",
        refusal(() -> get("tenants/default/schedules/other/fires/" + of)));
    assertEquals(
        "NOT_FOUND TENANT_NOT_FOUND", refusal(() -> get("tenants/x/schedules/s/fires/" + of)));
    assertEquals(bad + "FIELD_REQUIRED parent", listRefusal(list("")));
    assertEquals("NOT_FOUND SCHEDULE_NOT_FOUND", listRefusal(list("tenants/default/schedules/x")));
    assertEquals("NOT_FOUND TENANT_NOT_FOUND", listRefusal(list("tenants/x/schedules/-")));
    assertEquals(bad + "FIELD_OUT_OF_RANGE page_size", listRefusal(list(PARENT).setPageSize(-1)));
    assertEquals(
        bad + "PAGE_TOKEN_INVALID page_token", listRefusal(list(PARENT).setPageToken("!")));
    assertEquals(
        bad + "FIELD_OUT_OF_RANGE end_time",
        listRefusal(list(PARENT).setStartTime(Timestamps.of(2)).setEndTime(Timestamps.of(1))));
    assertEquals(
        bad + "FIELD_OUT_OF_RANGE after_seq",
        refusal(
            () ->
                rig.fires()
                    .tailFires(
                        TailFiresRequest.newBuilder().setParent(PARENT).setAfterSeq(-1).build())
                    .next()));
  }
}
