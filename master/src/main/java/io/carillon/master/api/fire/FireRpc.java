package io.carillon.master.api.fire;

import io.carillon.common.fire.FireId;
import io.carillon.common.fire.FireKind;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.PageToken;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.fires.Ledger.Key;
import io.carillon.master.store.fires.Ledger.Row;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.v1.ExplainFireRequest;
import io.carillon.v1.ExplainFireResponse;
import io.carillon.v1.Fire;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.GetFireRequest;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.ListFiresResponse;
import io.carillon.v1.TailFiresRequest;
import io.carillon.v1.TailFiresResponse;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** Reads the ledger for clients. */
public final class FireRpc extends FireServiceGrpc.FireServiceImplBase implements AutoCloseable {

  private static final String ALL = "-";
  private static final long HOUR = 3_600_000_000L;

  /** Nothing is recorded before its time on the leader's clock, which may be ahead of ours. */
  private static final long CLOCK_DIFFERENCE = 10_000_000;

  /** Of a first page. */
  private static final Key FIRST = Key.after(Long.MIN_VALUE);

  private final Ledger ledger;
  private final Schedules schedules;
  private final TimeSource clock;
  private final FireTails tails;
  private final FireExplanations explanations;
  private final Completeness completeness;

  public FireRpc(
      Ledger ledger, Schedules schedules, Revisions revisions, LedgerScan scan, TimeSource clock) {
    this.ledger = ledger;
    this.schedules = schedules;
    this.clock = clock;
    this.tails = new FireTails(ledger);
    this.explanations = new FireExplanations(ledger, schedules, revisions, clock);
    this.completeness = new Completeness(scan, schedules, revisions, clock);
  }

  @Override
  public void close() {
    tails.close();
  }

  @Override
  public void getFire(GetFireRequest request, StreamObserver<Fire> caller) {
    Calls.answer(caller, () -> get(request.getName()));
  }

  private Fire get(String name) {
    List<String> ids = ResourceName.parse("name", name, "tenants", "schedules", "fires");
    FireId id;
    try {
      id = FireId.parse(ids.get(2));
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid("name", "FIELD_MALFORMED", e.getMessage());
    }
    checkTenant(ids.get(0));
    return ledger
        .find(new Key(id.nominalMicros(), id.scheduleUid(), id.code()))
        .filter(row -> row.tenant().equals(ids.get(0)) && row.scheduleId().equals(ids.get(1)))
        .map(FireRpc::message)
        .orElseThrow(() -> ApiException.notFound("FIRE", name));
  }

  /**
   * What a parent stands for.
   *
   * @param schedules empty for all of the tenant
   */
  private record Scope(String tenant, List<Long> schedules) {}

  private Scope scope(String parent) {
    List<String> ids = ResourceName.parse("parent", parent, "tenants", "schedules");
    checkTenant(ids.get(0));
    if (ids.get(1).equals(ALL)) {
      return new Scope(ids.get(0), List.of());
    }
    List<Long> nums = ledger.schedules(ids.get(0), ids.get(1));
    if (nums.isEmpty()) {
      throw ApiException.notFound("SCHEDULE", parent);
    }
    return new Scope(ids.get(0), nums);
  }

  private void checkTenant(String tenant) {
    if (!schedules.tenantExists(tenant)) {
      throw ApiException.notFound("TENANT", ResourceName.tenant(tenant));
    }
  }

  @Override
  public void listFires(ListFiresRequest request, StreamObserver<ListFiresResponse> caller) {
    Calls.answer(caller, () -> list(request));
  }

  private ListFiresResponse list(ListFiresRequest request) {
    Faults faults = new Faults();
    int size = faults.in(() -> PageToken.pageSize(request.getPageSize()), 0);
    String fields =
        request.toBuilder()
            .clearPageSize()
            .clearPageToken()
            .build()
            .toByteString()
            .toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    Key token =
        faults.in(
            () -> PageToken.lastKey(fields, request.getPageToken(), FIRST, FireRpc::key), FIRST);
    long now = clock.nowMicros();
    long start =
        request.hasStartTime()
            ? faults.in(
                () -> Timestamps.ceilingMicros("start_time", request.getStartTime()),
                Long.MIN_VALUE)
            : Long.MIN_VALUE;
    long end =
        request.hasEndTime()
            ? faults.in(
                () -> Timestamps.ceilingMicros("end_time", request.getEndTime()), Long.MAX_VALUE)
            : Long.MAX_VALUE;
    if (end < start) {
      faults.add(
          ApiException.invalid("end_time", "FIELD_OUT_OF_RANGE", "must not be before start_time"));
    }
    Scope scope = faults.in(() -> scope(request.getParent()), null);
    faults.refuse();
    long before = Math.min(end, now + CLOCK_DIFFERENCE);
    FireSearch.Page page;
    if (scope.schedules().isEmpty()) {
      long from = request.hasStartTime() ? start : now - HOUR;
      Key after = token == FIRST ? Key.after(from - 1) : token;
      List<Row> rows = ledger.ofTenant(scope.tenant(), after, before, size + 1);
      page =
          rows.size() > size
              ? new FireSearch.Page(rows.subList(0, size), rows.get(size - 1).key())
              : new FireSearch.Page(rows, null);
    } else {
      Key after = token == FIRST ? Key.after(Math.max(0, start) - 1) : token;
      page = new FireSearch(ledger, scope.schedules(), before).page(after, size);
    }
    ListFiresResponse.Builder response = ListFiresResponse.newBuilder();
    page.rows().forEach(row -> response.addFires(message(row)));
    if (page.next() != null) {
      Key next = page.next();
      String key = next.nominal() + " " + next.schedule() + " " + next.kind();
      response.setNextPageToken(PageToken.of(fields, key));
    }
    return response.build();
  }

  /** Of the text in a page token. */
  private static Key key(String token) {
    String[] parts = token.split(" ", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException(token);
    }
    Key key =
        new Key(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
    if (key.nominal() < Micros.MIN
        || key.nominal() > Micros.MAX
        || key.schedule() < 0
        || key.kind() < 0
        || key.kind() > Short.MAX_VALUE) {
      throw new IllegalArgumentException(token);
    }
    return key;
  }

  @Override
  public void tailFires(TailFiresRequest request, StreamObserver<TailFiresResponse> caller) {
    ServerCallStreamObserver<TailFiresResponse> call =
        (ServerCallStreamObserver<TailFiresResponse>) caller;
    call.setOnCancelHandler(() -> tails.remove(call));
    try {
      Faults faults = new Faults();
      Scope scope = faults.in(() -> scope(request.getParent()), null);
      if (request.getAfterSeq() < 0) {
        faults.add(ApiException.invalid("after_seq", "FIELD_OUT_OF_RANGE", "must not be negative"));
      }
      faults.refuse();
      long position = request.hasAfterSeq() ? request.getAfterSeq() : ledger.logEnd();
      // Tells where it begins, so that a client that saw nothing can go on from there too.
      call.onNext(TailFiresResponse.newBuilder().setPosition(position).build());
      tails.add(call, scope.tenant(), scope.schedules(), position);
    } catch (Throwable failure) {
      call.onError(Calls.refusal(failure));
    }
  }

  @Override
  public void explainFire(ExplainFireRequest request, StreamObserver<ExplainFireResponse> caller) {
    Calls.answer(caller, () -> explanations.explain(request));
  }

  @Override
  public void verifyCompleteness(
      VerifyCompletenessRequest request, StreamObserver<VerifyCompletenessResponse> caller) {
    ServerCallStreamObserver<VerifyCompletenessResponse> call =
        (ServerCallStreamObserver<VerifyCompletenessResponse>) caller;
    // Whoever has gone is noticed while it works.
    call.setOnCancelHandler(() -> {});
    try {
      completeness.verify(request, call);
    } catch (Throwable failure) {
      if (!call.isCancelled()) {
        call.onError(Calls.refusal(failure));
      }
    }
  }

  static Fire.Kind kind(FireKind kind) {
    return switch (kind) {
      case SCHEDULED -> Fire.Kind.SCHEDULED;
      case MANUAL -> Fire.Kind.MANUAL;
      case BACKFILL -> Fire.Kind.BACKFILL;
    };
  }

  static Fire message(Row row) {
    Key key = row.key();
    FireId fireId = FireId.ofCode(key.schedule(), key.nominal(), key.kind());
    String id = fireId.toString();
    boolean skipped = row.skipReason() != 0;
    Fire.Builder fire =
        Fire.newBuilder()
            .setName(ResourceName.fire(row.tenant(), row.scheduleId(), id))
            .setFireId(id)
            .setKind(kind(fireId.kind()))
            .setBackfill(fireId.backfill())
            .setNominalTime(Timestamps.of(key.nominal()))
            .setDisposition(skipped ? Fire.Disposition.SKIPPED : Fire.Disposition.FIRED)
            .setRecordTime(Timestamps.of(row.recordedAt()))
            .setSeq(row.seq())
            .setVersion(row.version())
            .setPartition(row.partition())
            .setPartitionEpoch(row.partitionEpoch())
            .setRepaired(row.repaired());
    if (skipped) {
      fire.setSkipReasonValue(row.skipReason())
          .setLastNominalTime(Timestamps.of(row.lastNominal()))
          .setSkippedCount(row.skippedCount());
    }
    if (row.destination() != null) {
      fire.setDestination(ResourceName.destination(row.tenant(), row.destination()));
    }
    return fire.build();
  }
}
