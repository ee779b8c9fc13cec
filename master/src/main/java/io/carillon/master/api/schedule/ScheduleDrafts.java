package io.carillon.master.api.schedule;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.spec.NeverFires;
import io.carillon.master.api.spec.SpecMessages;
import io.carillon.master.api.spec.SpecMessages.Place;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.api.spec.Specs.Checked;
import io.carillon.master.core.Mutation.Content;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.StoredSchedule;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Schedule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;

/** What a client wants a schedule to be, checked field by field. */
public final class ScheduleDrafts {

  static final List<String> UPDATABLE =
      List.of(
          "display_name", "labels", "spec", "destination", "payload", "payload_type", "catch_up");

  private static final int MAX_DISPLAY_NAME = 200;
  private static final int MAX_LABELS = 32;
  private static final int MAX_LABEL_VALUE = 200;
  private static final int MAX_PAYLOAD = 65_536;
  private static final int MAX_PAYLOAD_TYPE = 100;
  private static final Pattern LABEL_KEY = Pattern.compile("[a-z0-9._/-]{1,63}");

  private static final long KNOWN_NANOS = 1_000_000_000L;
  private static final int MAX_KNOWN = 10_000;

  private final Schedules schedules;
  private final Specs specs;

  /** For a moment only; whether a destination is still there is checked again as it is written. */
  private final ConcurrentMap<Named, Known> destinations = new ConcurrentHashMap<>();

  public ScheduleDrafts(Schedules schedules, Specs specs) {
    this.schedules = schedules;
    this.specs = specs;
  }

  private record Named(String tenant, String id) {}

  private record Known(int num, long readNanos) {}

  /** A schedule to store, what the core needs of it, and its spec. */
  record Draft(StoredSchedule schedule, Content content, ScheduleSpec spec) {}

  /**
   * What a request is to create. Its versions are not filled in.
   *
   * @param faults what else is wrong with the request
   * @param tenant null if the one that it names is refused
   * @param num that it is to get; 0 if it is only checked
   * @param partition of that number
   */
  Draft create(
      Faults faults,
      String tenant,
      CreateScheduleRequest request,
      long num,
      int partition,
      long now) {
    faults.in(() -> Texts.requestId(request.getRequestId()));
    // Made before the spec is: the values of H depend on it.
    String id =
        request.getScheduleId().isEmpty()
            ? "s-" + Long.toString(num, 36)
            : faults.in(() -> ResourceName.checkId("schedule_id", request.getScheduleId()), "");
    if (!request.hasSchedule()) {
      faults.add(ApiException.required("schedule"));
      faults.refuse();
    }
    return create(faults, "schedule", tenant, id, num, partition, request.getSchedule(), now);
  }

  private Draft create(
      Faults faults,
      String field,
      String tenant,
      String id,
      long num,
      int partition,
      Schedule given,
      long now) {
    String path = field + ".spec";
    Checked spec = faults.in(() -> spec(new Place(path, tenant, id), given, null, now), null);
    CatchUp catchUp = faults.in(() -> CatchUps.of(field + ".catch_up", given.getCatchUp()), null);
    String destinationId =
        faults.in(() -> destinationId(field, tenant, given.getDestination()), "");
    String displayName = faults.in(() -> displayName(field, given), "");
    Map<String, String> labels =
        faults.in(() -> labels(field + ".labels", given.getLabelsMap()), Map.of());
    byte[] payload = faults.in(() -> payload(field, given), null);
    String payloadType = faults.in(() -> payloadType(field, given), "");
    faults.refuse();
    // A single time that is just past still fires: the way here took a moment.
    boolean once = spec.spec().rule() instanceof OnceRule;
    NeverFires.refuse(path, spec, once ? now - catchUp.windowMicros() : now);
    StoredSchedule.Content stored =
        new StoredSchedule.Content(
            displayName,
            labels,
            spec.spec().canonical(),
            Specs.lastDue(spec, num),
            catchUp,
            destination(tenant, destinationId),
            destinationId,
            payload,
            payloadType);
    StoredSchedule schedule = StoredSchedule.draft(tenant, id, stored).numbered(num, partition, id);
    return draft(schedule, spec, once, Content.EFFECTIVE);
  }

  /**
   * What a schedule becomes when these fields are changed.
   *
   * @param validFrom from when on it is to hold, as in {@link Content}
   */
  Draft update(StoredSchedule before, Schedule given, Set<String> paths, long validFrom, long now) {
    String field = "schedule";
    StoredSchedule.Content old = before.content();
    ScheduleSpec oldSpec = ScheduleSpec.parse(old.spec());
    Faults faults = new Faults();
    Checked spec = faults.in(() -> updatedSpec(before, oldSpec, given, paths, now), null);
    String destinationId =
        paths.contains("destination")
            ? faults.in(() -> destinationId(field, before.tenant(), given.getDestination()), "")
            : old.destinationId();
    String displayName =
        paths.contains("display_name")
            ? faults.in(() -> displayName(field, given), "")
            : old.displayName();
    Map<String, String> labels =
        paths.contains("labels")
            ? faults.in(() -> labels("schedule.labels", given.getLabelsMap()), Map.of())
            : old.labels();
    CatchUp catchUp =
        paths.contains("catch_up")
            ? faults.in(() -> CatchUps.of("schedule.catch_up", given.getCatchUp()), null)
            : old.catchUp();
    byte[] payload =
        paths.contains("payload") ? faults.in(() -> payload(field, given), null) : old.payload();
    String payloadType =
        paths.contains("payload_type")
            ? faults.in(() -> payloadType(field, given), "")
            : old.payloadType();
    faults.refuse();
    StoredSchedule.Content changed =
        new StoredSchedule.Content(
            displayName,
            labels,
            spec.spec().canonical(),
            Specs.lastDue(spec, before.num()),
            catchUp,
            paths.contains("destination")
                ? destination(before.tenant(), destinationId)
                : old.destination(),
            destinationId,
            payload,
            payloadType);
    boolean newTime =
        !spec.spec().rule().equals(oldSpec.rule()) && spec.spec().rule() instanceof OnceRule;
    return draft(before.withContent(changed), spec, newTime, validFrom);
  }

  private Checked updatedSpec(
      StoredSchedule before, ScheduleSpec oldSpec, Schedule given, Set<String> paths, long now) {
    if (!paths.contains("spec")) {
      return specs.renewed(before.tenant(), oldSpec);
    }
    Place place = new Place("schedule.spec", before.tenant(), before.id());
    Checked spec = spec(place, given, oldSpec, now);
    if (!spec.spec().equals(oldSpec)) {
      NeverFires.refuse("schedule.spec", spec, now);
    }
    return spec;
  }

  private Checked spec(Place place, Schedule given, ScheduleSpec before, long now) {
    if (!given.hasSpec()) {
      throw ApiException.required(place.field());
    }
    return SpecMessages.read(specs, place, given.getSpec(), before, now);
  }

  /**
   * A schedule with its spec as it is now: what changes a schedule takes its calendars anew.
   *
   * @param validFrom from when on it is to hold, as in {@link Content}
   */
  Draft renewed(StoredSchedule schedule, long validFrom, long now) {
    return update(schedule, Schedule.getDefaultInstance(), Set.of(), validFrom, now);
  }

  /** {@code newTime}: the spec is a single time that the schedule did not have before. */
  private static Draft draft(
      StoredSchedule schedule, Checked spec, boolean newTime, long validFrom) {
    long opensBefore = newTime ? ((OnceRule) spec.spec().rule()).atMicros() - 1 : Long.MAX_VALUE;
    return new Draft(
        schedule,
        new Content(
            schedule.content().spec(),
            spec.times(),
            schedule.content().catchUp(),
            schedule.content().destination(),
            opensBefore,
            validFrom),
        spec.spec());
  }

  /** Who finds that one of them is gone has them all read anew. */
  void forgetDestinations() {
    destinations.clear();
  }

  private static String displayName(String field, Schedule given) {
    return Texts.line(field + ".display_name", given.getDisplayName(), MAX_DISPLAY_NAME);
  }

  private static String payloadType(String field, Schedule given) {
    return Texts.line(field + ".payload_type", given.getPayloadType(), MAX_PAYLOAD_TYPE);
  }

  static Map<String, String> labels(String field, Map<String, String> labels) {
    if (labels.size() > MAX_LABELS) {
      throw ApiException.invalid(
          field, "FIELD_OUT_OF_RANGE", "must be at most " + MAX_LABELS + " labels");
    }
    if (labels.isEmpty()) {
      return Map.of();
    }
    Map<String, String> sorted = new TreeMap<>(labels);
    Faults faults = new Faults();
    sorted.forEach((key, value) -> faults.in(() -> checkLabel(field, key, value)));
    faults.refuse();
    return sorted;
  }

  private static void checkLabel(String field, String key, String value) {
    if (!LABEL_KEY.matcher(key).matches()) {
      throw ApiException.invalid(
          field,
          "FIELD_MALFORMED",
          "keys must be 1-63 of [a-z0-9._/-], but one is \"" + shortened(key) + '"');
    }
    Texts.line(field + "." + key, value, MAX_LABEL_VALUE);
  }

  private static String shortened(String text) {
    return text.length() <= 70 ? text : text.substring(0, 70) + "…";
  }

  private static byte[] payload(String field, Schedule given) {
    if (given.getPayload().size() > MAX_PAYLOAD) {
      throw ApiException.invalid(
          field + ".payload",
          "PAYLOAD_TOO_LARGE",
          "must be at most "
              + MAX_PAYLOAD
              + " bytes but is "
              + given.getPayload().size()
              + ": store it elsewhere and put its address here");
    }
    return given.getPayload().toByteArray();
  }

  private static String destinationId(String field, String tenant, String name) {
    if (name.isEmpty()) {
      return "default";
    }
    List<String> ids = ResourceName.parse(field + ".destination", name, "tenants", "destinations");
    if (tenant != null && !ids.get(0).equals(tenant)) {
      throw ApiException.invalid(
          field + ".destination", "FIELD_OUT_OF_RANGE", "must be of the same tenant: " + tenant);
    }
    return ids.get(1);
  }

  private int destination(String tenant, String id) {
    Named name = new Named(tenant, id);
    Known known = destinations.get(name);
    long now = System.nanoTime();
    if (known != null && now - known.readNanos() < KNOWN_NANOS) {
      return known.num();
    }
    int num =
        schedules
            .destination(tenant, id)
            .orElseThrow(
                () -> ApiException.notFound("DESTINATION", ResourceName.destination(tenant, id)));
    if (destinations.size() >= MAX_KNOWN) {
      destinations.clear();
    }
    destinations.put(name, new Known(num, now));
    return num;
  }
}
