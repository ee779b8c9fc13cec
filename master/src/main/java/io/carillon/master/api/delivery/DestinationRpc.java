package io.carillon.master.api.delivery;

import com.google.protobuf.Empty;
import com.google.rpc.Code;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.FieldMasks;
import io.carillon.master.api.call.PageToken;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.core.delivery.DestinationKind;
import io.carillon.master.core.delivery.QueueReport;
import io.carillon.master.delivery.DeliveryHub;
import io.carillon.master.store.delivery.Destinations;
import io.carillon.master.store.delivery.Destinations.Deleted;
import io.carillon.master.store.delivery.Destinations.Deletion;
import io.carillon.master.store.delivery.Destinations.Standing;
import io.carillon.master.store.delivery.StoredDestination;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.lead.Requests.Made;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.DeleteDestinationRequest;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationStatus;
import io.carillon.v1.GetDestinationRequest;
import io.carillon.v1.ListDestinationsRequest;
import io.carillon.v1.ListDestinationsResponse;
import io.carillon.v1.UpdateDestinationRequest;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Destinations: stored here, and told to delivery when they change. */
public final class DestinationRpc extends DestinationReads {

  private static final List<String> MUTABLE =
      List.of("display_name", "ack_timeout", "max_attempts");
  private static final int MAX_DISPLAY_NAME = 200;
  private static final long DEFAULT_ACK_TIMEOUT = 30_000_000;
  private static final long MIN_ACK_TIMEOUT = 100_000;
  private static final long MAX_ACK_TIMEOUT = 12 * 3_600_000_000L;
  private static final int DEFAULT_ATTEMPTS = 100;
  private static final int MAX_ATTEMPTS = 1_000_000;

  private final Destinations destinations;
  private final Ledger ledger;
  private final DeliveryHub hub;
  private final Repeats repeats;
  private final TimeSource clock;

  public DestinationRpc(
      Destinations destinations,
      Ledger ledger,
      DeliveryHub hub,
      Requests requests,
      TimeSource clock) {
    super(destinations);
    this.repeats = new Repeats(requests);
    this.destinations = destinations;
    this.ledger = ledger;
    this.hub = hub;
    this.clock = clock;
  }

  @Override
  public void createDestination(
      CreateDestinationRequest request, StreamObserver<Destination> caller) {
    Calls.answer(caller, () -> create(request));
  }

  private Destination create(CreateDestinationRequest request) {
    Faults faults = new Faults();
    faults.in(() -> Texts.requestId(request.getRequestId()));
    String tenant = faults.in(() -> ResourceName.parseTenant("parent", request.getParent()), "");
    String id =
        faults.in(() -> ResourceName.newId("destination_id", request.getDestinationId()), "");
    Destination asked = request.getDestination();
    if (request.hasDestination()) {
      faults.in(() -> checkNew(asked));
      MUTABLE.forEach(field -> faults.in(() -> check(field, asked)));
    } else {
      faults.add(ApiException.required("destination"));
    }
    faults.refuse();
    checkTenant(tenant);
    long now = clock.nowMicros();
    StoredDestination draft =
        new StoredDestination(
            0,
            tenant,
            id,
            DestinationKind.of(asked.getKindValue()),
            displayName(asked),
            new DeliveryPolicy(ackTimeout(asked), maxAttempts(asked)),
            0,
            now,
            now);
    String name = ResourceName.destination(tenant, id);
    Request noted = Repeats.of(request.getParent(), request.getRequestId(), request);
    return repeats.answer(
        noted,
        () ->
            withStatus(
                destinations
                    .create(draft, noted)
                    .orElseThrow(
                        () ->
                            ApiException.of(
                                Code.ALREADY_EXISTS,
                                "DESTINATION_EXISTS",
                                "there is a " + name + " already",
                                Map.of("name", name)))),
        this::asItIs);
  }

  private Destination withStatus(StoredDestination row) {
    return withStatus(List.of(row)).get(0);
  }

  /** A destination that an earlier request made or changed. */
  private Destination asItIs(Made made) {
    return withStatus(
        destinations
            .find(Math.toIntExact(made.num()))
            .orElseThrow(() -> notFound("destination of this request any more: it was deleted")));
  }

  private static void checkNew(Destination asked) {
    Faults faults = new Faults();
    if (!asked.getName().isEmpty()) {
      faults.add(
          ApiException.invalid(
              "destination.name", "FIELD_OUT_OF_PLACE", "must be empty: destination_id names it"));
    }
    if (asked.getKind() == Destination.Kind.KIND_UNSPECIFIED) {
      faults.add(ApiException.required("destination.kind"));
    } else if (asked.getKind() == Destination.Kind.UNRECOGNIZED) {
      faults.add(
          ApiException.invalid("destination.kind", "FIELD_OUT_OF_RANGE", "is not a known kind"));
    }
    faults.refuse();
  }

  @Override
  public void getDestination(GetDestinationRequest request, StreamObserver<Destination> caller) {
    Calls.answer(
        caller, () -> withStatus(find(names("name", request.getName()), request.getName())));
  }

  @Override
  public void listDestinations(
      ListDestinationsRequest request, StreamObserver<ListDestinationsResponse> caller) {
    Calls.answer(
        caller,
        () -> {
          Faults faults = new Faults();
          String tenant =
              faults.in(() -> ResourceName.parseTenant("parent", request.getParent()), "");
          int size = faults.in(() -> PageToken.pageSize(request.getPageSize()), 0);
          faults.refuse();
          String list = "destinations of " + tenant;
          String last = PageToken.lastId(list, request.getPageToken());
          checkTenant(tenant);
          List<StoredDestination> rows = destinations.list(tenant, last, size + 1);
          List<StoredDestination> page = rows.subList(0, Math.min(size, rows.size()));
          ListDestinationsResponse.Builder response =
              ListDestinationsResponse.newBuilder().addAllDestinations(withStatus(page));
          if (rows.size() > size) {
            response.setNextPageToken(PageToken.of(list, page.get(size - 1).id()));
          }
          return response.build();
        });
  }

  @Override
  public void updateDestination(
      UpdateDestinationRequest request, StreamObserver<Destination> caller) {
    Calls.answer(caller, () -> update(request));
  }

  private Destination update(UpdateDestinationRequest request) {
    if (!request.hasDestination()) {
      throw ApiException.required("destination");
    }
    Destination asked = request.getDestination();
    Faults faults = new Faults();
    List<String> ids = faults.in(() -> names("destination.name", asked.getName()), List.of());
    Set<String> fields =
        faults.in(() -> FieldMasks.paths(request.getUpdateMask(), asked, MUTABLE), Set.of());
    fields.forEach(field -> faults.in(() -> check(field, asked)));
    faults.in(() -> Texts.requestId(request.getRequestId()));
    faults.refuse();
    checkTenant(ids.get(0));
    Request noted = Repeats.of(asked.getName(), request.getRequestId(), request);
    return repeats.answer(noted, () -> withStatus(change(ids, asked, fields, noted)), this::asItIs);
  }

  private StoredDestination change(
      List<String> ids, Destination asked, Set<String> fields, Request noted) {
    StoredDestination row =
        destinations
            .update(
                ids.get(0),
                ids.get(1),
                clock.nowMicros(),
                noted,
                current -> {
                  checkEtag(asked.getEtag(), current);
                  if (asked.getKind() != Destination.Kind.KIND_UNSPECIFIED
                      && asked.getKindValue() != current.kind().code()) {
                    throw ApiException.invalid(
                        "destination.kind", "FIELD_IMMUTABLE", "cannot be changed");
                  }
                  return changed(current, fields, asked);
                })
            .orElseThrow(() -> notFound(asked.getName()));
    hub.onDestinationChanged(row.num(), row.policy(), row.version());
    return row;
  }

  @Override
  public void deleteDestination(DeleteDestinationRequest request, StreamObserver<Empty> caller) {
    Calls.answer(
        caller,
        () -> {
          Faults faults = new Faults();
          List<String> ids = faults.in(() -> names("name", request.getName()), List.of());
          faults.in(() -> Texts.requestId(request.getRequestId()));
          faults.refuse();
          checkTenant(ids.get(0));
          Request asked = Repeats.of(request.getName(), request.getRequestId(), request);
          return repeats.answer(
              asked, () -> delete(ids, request, asked), made -> Empty.getDefaultInstance());
        });
  }

  private Empty delete(List<String> ids, DeleteDestinationRequest request, Request asked) {
    Deleted deleted =
        destinations.delete(
            ids.get(0),
            ids.get(1),
            clock.nowMicros(),
            asked,
            current -> checkEtag(request.getEtag(), current));
    if (deleted.outcome() == Deletion.NOT_FOUND) {
      throw notFound(request.getName());
    }
    if (deleted.outcome() == Deletion.IN_USE) {
      throw ApiException.of(
          Code.FAILED_PRECONDITION,
          "DESTINATION_IN_USE",
          "schedules that are not deleted send their fires to " + request.getName(),
          Map.of("name", request.getName()));
    }
    hub.onDestinationDeleted(deleted.num());
    return Empty.getDefaultInstance();
  }

  private static void check(String field, Destination asked) {
    switch (field) {
      case "display_name" -> displayName(asked);
      case "ack_timeout" -> ackTimeout(asked);
      case "max_attempts" -> maxAttempts(asked);
      default -> throw new IllegalArgumentException(field);
    }
  }

  /** The destination with these fields as the request has them. */
  private static StoredDestination changed(
      StoredDestination current, Set<String> fields, Destination asked) {
    DeliveryPolicy policy = current.policy();
    return current.with(
        fields.contains("display_name") ? displayName(asked) : current.displayName(),
        new DeliveryPolicy(
            fields.contains("ack_timeout") ? ackTimeout(asked) : policy.ackTimeoutMicros(),
            fields.contains("max_attempts") ? maxAttempts(asked) : policy.maxAttempts()));
  }

  private static String displayName(Destination asked) {
    return Texts.line("destination.display_name", asked.getDisplayName(), MAX_DISPLAY_NAME);
  }

  private static long ackTimeout(Destination asked) {
    return asked.hasAckTimeout()
        ? Timestamps.micros(
            "destination.ack_timeout",
            asked.getAckTimeout(),
            MIN_ACK_TIMEOUT,
            MAX_ACK_TIMEOUT,
            "100 milliseconds to 12 hours")
        : DEFAULT_ACK_TIMEOUT;
  }

  private static int maxAttempts(Destination asked) {
    if (asked.getMaxAttempts() < 0 || asked.getMaxAttempts() > MAX_ATTEMPTS) {
      throw ApiException.invalid(
          "destination.max_attempts",
          "FIELD_OUT_OF_RANGE",
          "must be 1 to " + MAX_ATTEMPTS + ", or 0 for " + DEFAULT_ATTEMPTS);
    }
    return asked.getMaxAttempts() == 0 ? DEFAULT_ATTEMPTS : asked.getMaxAttempts();
  }

  private static void checkEtag(String asked, StoredDestination row) {
    if (!asked.isEmpty() && !asked.equals(Long.toString(row.version()))) {
      throw ApiException.of(
          Code.ABORTED,
          "ETAG_MISMATCH",
          "it was changed meanwhile: its etag is \"" + row.version() + '"',
          Map.of("etag", Long.toString(row.version())));
    }
  }

  private List<Destination> withStatus(List<StoredDestination> rows) {
    Map<Integer, QueueReport> queues = hub.report().join();
    Map<Integer, Standing> standings =
        destinations.standings(rows.stream().map(StoredDestination::num).toList());
    long logEnd = ledger.logEnd();
    return rows.stream()
        .map(row -> message(row, standings.get(row.num()), queues.get(row.num()), logEnd))
        .toList();
  }

  private static Destination message(
      StoredDestination row, Standing standing, QueueReport queue, long logEnd) {
    DestinationStatus.Builder status =
        DestinationStatus.newBuilder()
            .setCursor(standing.cursor())
            .setLogEnd(logEnd)
            .setParked(standing.parked())
            .setDeadLetters(standing.dead());
    if (queue != null) {
      // Parked fires that are out again have their rows still.
      status
          .setInFlight(queue.inFlight())
          .setParked(Math.max(0, standing.parked() - queue.redelivering()))
          .setSubscribers(queue.subscribers());
    }
    return Destination.newBuilder()
        .setName(ResourceName.destination(row.tenant(), row.id()))
        .setUid(Integer.toString(row.num()))
        .setDisplayName(row.displayName())
        .setKindValue(row.kind().code())
        .setAckTimeout(Timestamps.duration(row.policy().ackTimeoutMicros()))
        .setMaxAttempts(row.policy().maxAttempts())
        .setStatus(status)
        .setEtag(Long.toString(row.version()))
        .setCreateTime(Timestamps.of(row.createTime()))
        .setUpdateTime(Timestamps.of(row.updateTime()))
        .build();
  }
}
