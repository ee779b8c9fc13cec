package io.carillon.master.api.schedule;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.schedule.BatchCreation.Part;
import io.carillon.master.api.schedule.ScheduleDrafts.Draft;
import io.carillon.master.api.schedule.ScheduleDrafts.NewDraft;
import io.carillon.master.api.spec.NeverFires;
import io.carillon.master.api.spec.SpecMessages;
import io.carillon.master.api.spec.SpecMessages.Place;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.api.spec.Specs.Checked;
import io.carillon.master.core.Mutation.Content;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.StoredSchedule.Pause;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Schedule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a client wants a schedule to be: messages read and checked, field by field. */
final class ScheduleRequests {

  static final List<String> UPDATABLE =
      List.of(
          "display_name", "labels", "spec", "destination", "payload", "payload_type", "catch_up");

  private static final String SCHEDULE = "schedule";
  private static final String SPEC = "schedule.spec";
  private static final String CATCH_UP = "schedule.catch_up";
  private static final String LABELS = "schedule.labels";

  private static final int MAX_BATCH = 1000;
  private static final int MAX_DISPLAY_NAME = 200;
  private static final int MAX_REASON = 500;
  private static final int MAX_BY = 200;
  private static final int MAX_LABELS = 32;
  private static final int MAX_LABEL_VALUE = 200;
  private static final int MAX_PAYLOAD = 65_536;
  private static final int MAX_PAYLOAD_TYPE = 100;
  private static final Pattern LABEL_KEY = Pattern.compile("[a-z0-9._/-]{1,63}");

  private final ScheduleLookup lookup;
  private final ScheduleDrafts drafts;
  private final Specs specs;
  private final TimeSource time;

  ScheduleRequests(ScheduleLookup lookup, ScheduleDrafts drafts, Specs specs, TimeSource time) {
    this.lookup = lookup;
    this.drafts = drafts;
    this.specs = specs;
    this.time = time;
  }

  /** What a request is to create. */
  NewDraft creation(CreateScheduleRequest request) {
    return (num, partition) -> {
      Faults faults = new Faults();
      String tenant = faults.in(() -> lookup.tenant(request.getParent()), null);
      return create(faults, tenant, request, num, partition);
    };
  }

  /** As it is stored with what it creates; of one that names no tenant nothing was ever stored. */
  static Request noted(CreateScheduleRequest request) {
    try {
      return noted(
          ResourceName.parseTenant("parent", request.getParent()),
          Texts.requestId(request.getRequestId()),
          request);
    } catch (ApiException e) {
      return Request.NONE;
    }
  }

  /** The same of one whose tenant and id were checked. */
  static Request noted(String tenant, String requestId, Message request) {
    return requestId.isEmpty()
        ? Request.NONE
        : new Request(tenant, requestId, Repeats.fingerprint(request));
  }

  static void checkCount(BatchCreateSchedulesRequest batch) {
    if (batch.getRequestsCount() < 1 || batch.getRequestsCount() > MAX_BATCH) {
      throw ApiException.invalid(
          "requests", "FIELD_OUT_OF_RANGE", "must be 1 to " + MAX_BATCH + " requests");
    }
  }

  /** What the requests of a batch are to create. */
  List<Part> parts(String tenant, BatchCreateSchedulesRequest batch) {
    List<Part> parts = new ArrayList<>(batch.getRequestsCount());
    Set<String> ids = new HashSet<>();
    for (CreateScheduleRequest part : batch.getRequestsList()) {
      String id = part.getScheduleId();
      boolean twice = !id.isEmpty() && !ids.add(id);
      NewDraft wanted =
          (num, partition) -> {
            Faults faults = new Faults();
            faults.in(() -> checkPart(batch, part, twice));
            return create(faults, tenant, part, num, partition);
          };
      parts.add(new Part(noted(tenant, part.getRequestId(), part), id, wanted));
    }
    return parts;
  }

  private static void checkPart(
      BatchCreateSchedulesRequest batch, CreateScheduleRequest part, boolean twice) {
    if (!part.getRequestId().isEmpty() && !batch.getRequestId().isEmpty()) {
      throw ApiException.invalid(
          "request_id", "FIELD_OUT_OF_RANGE", "must be empty, as the batch has one");
    }
    if (!part.getParent().isEmpty() && !part.getParent().equals(batch.getParent())) {
      throw ApiException.invalid(
          "parent",
          "FIELD_OUT_OF_RANGE",
          "must be empty or that of the batch: " + batch.getParent());
    }
    if (part.getValidateOnly()) {
      throw ApiException.invalid(
          "validate_only", "FIELD_OUT_OF_RANGE", "cannot be set within a batch");
    }
    if (twice) {
      throw ApiException.invalid(
          "schedule_id",
          "FIELD_OUT_OF_RANGE",
          "is twice in the batch: \"" + part.getScheduleId() + '"');
    }
  }

  /** Whether all ids can be looked for in the store. */
  static boolean hasValidIds(BatchCreateSchedulesRequest batch) {
    try {
      for (CreateScheduleRequest part : batch.getRequestsList()) {
        Texts.requestId(part.getRequestId());
        if (!part.getScheduleId().isEmpty()) {
          ResourceName.checkId("schedule_id", part.getScheduleId());
        }
      }
      return true;
    } catch (ApiException e) {
      return false;
    }
  }

  /**
   * What one request is to create.
   *
   * @param faults what else is wrong with it
   * @param tenant null if the one that it names is refused
   */
  private Draft create(
      Faults faults, String tenant, CreateScheduleRequest request, long num, int partition) {
    long now = time.nowMicros();
    faults.in(() -> Texts.requestId(request.getRequestId()));
    // Made before the spec is: the values of H depend on it.
    String id =
        request.getScheduleId().isEmpty()
            ? "s-" + Long.toString(num, 36)
            : faults.in(() -> ResourceName.checkId("schedule_id", request.getScheduleId()), "");
    if (!request.hasSchedule()) {
      faults.add(ApiException.required(SCHEDULE));
      faults.refuse();
    }
    Schedule given = request.getSchedule();
    Checked spec = faults.in(() -> spec(new Place(SPEC, tenant, id), given, null, now), null);
    CatchUp catchUp = faults.in(() -> CatchUpMessages.of(CATCH_UP, given.getCatchUp()), null);
    String destinationId = faults.in(() -> destinationId(tenant, given.getDestination()), "");
    String displayName = faults.in(() -> displayName(given), "");
    Map<String, String> labels = faults.in(() -> labels(LABELS, given.getLabelsMap()), Map.of());
    byte[] payload = faults.in(() -> payload(given), null);
    String payloadType = faults.in(() -> payloadType(given), "");
    faults.refuse();
    // A single time that is just past still fires: the way here took a moment.
    boolean once = spec.spec().rule() instanceof OnceRule;
    NeverFires.refuse(SPEC, spec, once ? now - catchUp.windowMicros() : now);
    StoredSchedule.Content content =
        new StoredSchedule.Content(
            displayName,
            labels,
            spec.spec().canonical(),
            Specs.lastDue(spec, num),
            catchUp,
            drafts.destination(tenant, destinationId),
            destinationId,
            payload,
            payloadType);
    StoredSchedule schedule =
        StoredSchedule.draft(tenant, id, content).numbered(num, partition, id);
    return ScheduleDrafts.of(schedule, spec, once, Content.EFFECTIVE);
  }

  /**
   * What a schedule becomes when these fields are changed.
   *
   * @param validFrom from when on it is to hold, as in {@link Content}
   */
  Draft update(StoredSchedule before, Schedule given, Set<String> paths, long validFrom, long now) {
    StoredSchedule.Content old = before.content();
    ScheduleSpec oldSpec = ScheduleSpec.parse(old.spec());
    Faults faults = new Faults();
    Checked spec = faults.in(() -> updatedSpec(before, oldSpec, given, paths, now), null);
    String destinationId =
        paths.contains("destination")
            ? faults.in(() -> destinationId(before.tenant(), given.getDestination()), "")
            : old.destinationId();
    String displayName =
        paths.contains("display_name")
            ? faults.in(() -> displayName(given), "")
            : old.displayName();
    Map<String, String> labels =
        paths.contains("labels")
            ? faults.in(() -> labels(LABELS, given.getLabelsMap()), Map.of())
            : old.labels();
    CatchUp catchUp =
        paths.contains("catch_up")
            ? faults.in(() -> CatchUpMessages.of(CATCH_UP, given.getCatchUp()), null)
            : old.catchUp();
    byte[] payload =
        paths.contains("payload") ? faults.in(() -> payload(given), null) : old.payload();
    String payloadType =
        paths.contains("payload_type")
            ? faults.in(() -> payloadType(given), "")
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
                ? drafts.destination(before.tenant(), destinationId)
                : old.destination(),
            destinationId,
            payload,
            payloadType);
    boolean newTime =
        !spec.spec().rule().equals(oldSpec.rule()) && spec.spec().rule() instanceof OnceRule;
    return ScheduleDrafts.of(before.withContent(changed), spec, newTime, validFrom);
  }

  private Checked updatedSpec(
      StoredSchedule before, ScheduleSpec oldSpec, Schedule given, Set<String> paths, long now) {
    if (!paths.contains("spec")) {
      return specs.renewed(before.tenant(), oldSpec);
    }
    Place place = new Place(SPEC, before.tenant(), before.id());
    Checked spec = spec(place, given, oldSpec, now);
    if (!spec.spec().equals(oldSpec)) {
      NeverFires.refuse(SPEC, spec, now);
    }
    return spec;
  }

  private Checked spec(Place place, Schedule given, ScheduleSpec before, long now) {
    if (!given.hasSpec()) {
      throw ApiException.required(place.field());
    }
    return SpecMessages.read(specs, place, given.getSpec(), before, now);
  }

  private static String displayName(Schedule given) {
    return Texts.line("schedule.display_name", given.getDisplayName(), MAX_DISPLAY_NAME);
  }

  private static String payloadType(Schedule given) {
    return Texts.line("schedule.payload_type", given.getPayloadType(), MAX_PAYLOAD_TYPE);
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

  private static byte[] payload(Schedule given) {
    if (given.getPayload().size() > MAX_PAYLOAD) {
      throw ApiException.invalid(
          "schedule.payload",
          "PAYLOAD_TOO_LARGE",
          "must be at most "
              + MAX_PAYLOAD
              + " bytes but is "
              + given.getPayload().size()
              + ": store it elsewhere and put its address here");
    }
    return given.getPayload().toByteArray();
  }

  private static String destinationId(String tenant, String name) {
    if (name.isEmpty()) {
      return "default";
    }
    List<String> ids = ResourceName.parse("schedule.destination", name, "tenants", "destinations");
    if (tenant != null && !ids.get(0).equals(tenant)) {
      throw ApiException.invalid(
          "schedule.destination", "FIELD_OUT_OF_RANGE", "must be of the same tenant: " + tenant);
    }
    return ids.get(1);
  }

  /**
   * The pause that a client asks for.
   *
   * @param until null: until it is resumed
   * @throws ApiException that names reason, by or until_time
   */
  Pause pause(String reason, String by, Timestamp until) {
    Faults faults = new Faults();
    long end = faults.in(() -> end(until), Long.MAX_VALUE);
    faults.in(() -> Texts.line("reason", reason, MAX_REASON));
    faults.in(() -> Texts.line("by", by, MAX_BY));
    faults.refuse();
    return new Pause(reason, by, 0, end, 0);
  }

  private long end(Timestamp until) {
    long end = until == null ? Long.MAX_VALUE : Timestamps.micros("until_time", until);
    if (end <= time.nowMicros()) {
      throw ApiException.invalid(
          "until_time",
          "FIELD_OUT_OF_RANGE",
          "must be in the future: leave it out to pause until it is resumed");
    }
    return end;
  }
}
