package io.carillon.master.api.fire;

import io.carillon.common.fire.FireId;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.PageToken;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.fire.FireExplanations.Explanation;
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
  private final VerifyCall verifications;

  public FireRpc(
      Ledger ledger, Schedules schedules, Revisions revisions, LedgerScan scan, TimeSource clock) {
    this.ledger = ledger;
    this.schedules = schedules;
    this.clock = clock;
    this.tails = new FireTails(ledger);
    this.explanations = new FireExplanations(ledger, schedules, revisions, clock);
    this.verifications = new VerifyCall(scan, schedules, revisions, clock);
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
    FireId id = fireId("name", ids.get(2));
    checkTenant(ids.get(0));
    return ledger
        .find(new Key(id.nominalMicros(), id.scheduleUid(), id.code()))
        .filter(row -> row.tenant().equals(ids.get(0)) && row.scheduleId().equals(ids.get(1)))
        .map(FireMessages::message)
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
    page.rows().forEach(row -> response.addFires(FireMessages.message(row)));
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
    FireTails.Watcher watcher = watcher(call);
    call.setOnCancelHandler(() -> tails.remove(watcher));
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
      tails.add(watcher, scope.tenant(), scope.schedules(), position);
    } catch (Throwable failure) {
      call.onError(Calls.refusal(failure));
    }
  }

  private static FireTails.Watcher watcher(ServerCallStreamObserver<TailFiresResponse> call) {
    return new FireTails.Watcher() {
      @Override
      public boolean isGone() {
        return call.isCancelled();
      }

      @Override
      public boolean isReady() {
        return call.isReady();
      }

      @Override
      public void show(List<Row> fires, long position) {
        TailFiresResponse.Builder response = TailFiresResponse.newBuilder().setPosition(position);
        fires.forEach(fire -> response.addFires(FireMessages.message(fire)));
        call.onNext(response.build());
      }
    };
  }

  @Override
  public void explainFire(ExplainFireRequest request, StreamObserver<ExplainFireResponse> caller) {
    Calls.answer(caller, () -> FireMessages.message(explain(request)));
  }

  private Explanation explain(ExplainFireRequest request) {
    if (request.getFire().isEmpty()) {
      Faults faults = new Faults();
      List<String> ids =
          faults.in(
              () -> ResourceName.parse("schedule", request.getSchedule(), "tenants", "schedules"),
              List.of());
      long nominal = faults.in(() -> nominal(request), 0L);
      faults.refuse();
      return explanations.explain(ids.get(0), ids.get(1), nominal);
    }
    if (!request.getSchedule().isEmpty() || request.hasNominalTime()) {
      throw ApiException.invalid(
          "fire", "FIELD_OUT_OF_RANGE", "give either a fire, or a schedule and a nominal_time");
    }
    String name = request.getFire();
    List<String> ids = ResourceName.parse("fire", name, "tenants", "schedules", "fires");
    return explanations.explain(name, ids.get(0), ids.get(1), fireId("fire", ids.get(2)));
  }

  private static long nominal(ExplainFireRequest request) {
    if (!request.hasNominalTime()) {
      throw ApiException.required("nominal_time");
    }
    return Timestamps.micros("nominal_time", request.getNominalTime());
  }

  private static FireId fireId(String field, String id) {
    try {
      return FireId.parse(id);
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(field, "FIELD_MALFORMED", e.getMessage());
    }
  }

  @Override
  public void verifyCompleteness(
      VerifyCompletenessRequest request, StreamObserver<VerifyCompletenessResponse> caller) {
    ServerCallStreamObserver<VerifyCompletenessResponse> call =
        (ServerCallStreamObserver<VerifyCompletenessResponse>) caller;
    // Whoever has gone is noticed while it works.
    call.setOnCancelHandler(() -> {});
    try {
      verifications.verify(request, call);
    } catch (Throwable failure) {
      if (!call.isCancelled()) {
        call.onError(Calls.refusal(failure));
      }
    }
  }
}
