package io.carillon.master.api.delivery;

import io.carillon.common.fire.FireId;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.PageToken;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.store.delivery.Destinations;
import io.carillon.master.store.delivery.Destinations.Parked;
import io.carillon.master.store.delivery.StoredDestination;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.ListParkedFiresRequest;
import io.carillon.v1.ListParkedFiresResponse;
import io.carillon.v1.ParkedFire;
import io.grpc.stub.StreamObserver;
import java.util.List;

/**
 * The calls of DestinationService that only read PostgreSQL: any master answers them, and a leader
 * answers them the same way.
 */
public class DestinationReads extends DestinationServiceGrpc.DestinationServiceImplBase {

  /** A page ends once it is this large: with the last fire it stays below 4 MiB. */
  private static final int MAX_PAGE_BYTES = 3 << 20;

  private final Destinations destinations;

  public DestinationReads(Destinations destinations) {
    this.destinations = destinations;
  }

  @Override
  public void listParkedFires(
      ListParkedFiresRequest request, StreamObserver<ListParkedFiresResponse> caller) {
    Calls.answer(caller, () -> list(request));
  }

  private ListParkedFiresResponse list(ListParkedFiresRequest request) {
    Faults faults = new Faults();
    List<String> ids = faults.in(() -> names("parent", request.getParent()), List.of());
    int size = faults.in(() -> PageToken.pageSize(request.getPageSize()), 0);
    String list = "parked fires of " + request.getParent();
    long last =
        faults.in(() -> PageToken.lastKey(list, request.getPageToken(), 0L, Long::parseLong), 0L);
    faults.refuse();
    StoredDestination destination = find(ids, request.getParent());
    ListParkedFiresResponse.Builder response = ListParkedFiresResponse.newBuilder();
    int bytes = 0;
    for (Parked row : destinations.parked(destination.num(), last, size + 1)) {
      if (response.getParkedFiresCount() == size || bytes >= MAX_PAGE_BYTES) {
        return response.setNextPageToken(PageToken.of(list, Long.toString(last))).build();
      }
      ParkedFire fire = message(row);
      bytes += fire.getSerializedSize();
      response.addParkedFires(fire);
      last = row.seq();
    }
    return response.build();
  }

  private static ParkedFire message(Parked row) {
    ParkedFire.Builder fire =
        ParkedFire.newBuilder()
            .setSeq(row.seq())
            .setFireId(FireId.ofCode(row.schedule(), row.nominalMicros(), row.kind()).toString())
            .setSchedule(ResourceName.schedule(row.tenant(), row.scheduleId()))
            .setNominalTime(Timestamps.of(row.nominalMicros()))
            .setAttempts(row.attempts())
            .setDeadLetter(row.dead())
            .setLastError(row.lastError());
    if (!row.dead()) {
      fire.setNextAttemptTime(Timestamps.of(row.nextMicros()));
    }
    return fire.build();
  }

  /** Tenant and id in the name of a destination. */
  static List<String> names(String field, String name) {
    return ResourceName.parse(field, name, "tenants", "destinations");
  }

  final StoredDestination find(List<String> ids, String name) {
    return find(destinations, ids, name);
  }

  /** The destination of these names, or a refusal that says what does not exist. */
  static StoredDestination find(Destinations in, List<String> ids, String name) {
    checkTenant(in, ids.get(0));
    return in.find(ids.get(0), ids.get(1)).orElseThrow(() -> notFound(name));
  }

  final void checkTenant(String tenant) {
    checkTenant(destinations, tenant);
  }

  private static void checkTenant(Destinations in, String tenant) {
    if (!in.tenantExists(tenant)) {
      throw ApiException.notFound("TENANT", ResourceName.tenant(tenant));
    }
  }

  static ApiException notFound(String name) {
    return ApiException.notFound("DESTINATION", name);
  }
}
