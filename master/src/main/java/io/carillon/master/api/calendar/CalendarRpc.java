package io.carillon.master.api.calendar;

import com.google.protobuf.Empty;
import com.google.rpc.Code;
import io.carillon.common.schedule.DayRange;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.FieldMasks;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.calendar.Fault;
import io.carillon.master.calendar.ICalendarDays;
import io.carillon.master.calendar.ICalendarException;
import io.carillon.master.store.calendars.CalendarStore;
import io.carillon.master.store.calendars.CalendarStore.Deletion;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.calendars.StoredCalendar;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.lead.Requests.Made;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.v1.Calendar;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.DeleteCalendarRequest;
import io.carillon.v1.ICalendarFault;
import io.carillon.v1.ImportCalendarRequest;
import io.carillon.v1.ImportCalendarResponse;
import io.carillon.v1.UpdateCalendarRequest;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * CalendarService, as a leader offers it. What a change means for schedules is left to the {@link
 * CalendarFollower}.
 */
public final class CalendarRpc extends CalendarReads {

  private static final int MAX_FILE_BYTES = 1 << 20;

  private final Calendars calendars;
  private final CalendarStore store;
  private final Repeats repeats;
  private final TimeSource clock;
  private final Runnable changed;

  /**
   * @param changed is run after the days of a calendar may have changed
   */
  public CalendarRpc(
      Calendars calendars,
      CalendarStore store,
      Schedules schedules,
      Requests requests,
      TimeSource clock,
      Runnable changed) {
    super(calendars, schedules);
    this.calendars = calendars;
    this.repeats = new Repeats(requests);
    this.store = store;
    this.clock = clock;
    this.changed = changed;
  }

  @Override
  public void createCalendar(CreateCalendarRequest request, StreamObserver<Calendar> caller) {
    Calls.answer(caller, () -> create(request));
  }

  private Calendar create(CreateCalendarRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> ResourceName.parseTenant("parent", request.getParent()), "");
    String id = faults.in(() -> ResourceName.newId("calendar_id", request.getCalendarId()), "");
    if (!request.hasCalendar()) {
      faults.add(ApiException.required("calendar"));
    }
    if (!request.getCalendar().getName().isEmpty()) {
      faults.add(
          ApiException.invalid(
              "calendar.name", "FIELD_OUT_OF_PLACE", "must be empty: calendar_id names it"));
    }
    StoredCalendar draft =
        faults.in(() -> CalendarMessages.draft(tenant, id, request.getCalendar()), null);
    faults.in(() -> Texts.requestId(request.getRequestId()));
    faults.refuse();
    checkTenant(tenant);
    String name = ResourceName.calendar(tenant, id);
    Request asked = Repeats.of(request.getParent(), request.getRequestId(), request);
    return repeats.answer(
        asked,
        () ->
            message(
                store
                    .create(draft, asked, clock.nowMicros())
                    .orElseThrow(
                        () ->
                            ApiException.of(
                                Code.ALREADY_EXISTS,
                                "CALENDAR_EXISTS",
                                "there is a " + name + " already",
                                Map.of("name", name)))),
        this::asItIs);
  }

  /** A calendar that an earlier request made or changed. */
  private Calendar asItIs(Made made) {
    return message(
        calendars
            .find(Math.toIntExact(made.num()))
            .orElseThrow(
                () ->
                    ApiException.notFound(
                        "CALENDAR", "calendar of this request any more: it was deleted")));
  }

  @Override
  public void updateCalendar(UpdateCalendarRequest request, StreamObserver<Calendar> caller) {
    Calls.answer(caller, () -> update(request));
  }

  private Calendar update(UpdateCalendarRequest request) {
    if (!request.hasCalendar()) {
      throw ApiException.required("calendar");
    }
    Calendar asked = request.getCalendar();
    Faults faults = new Faults();
    List<String> ids =
        faults.in(
            () -> ResourceName.parse("calendar.name", asked.getName(), "tenants", "calendars"),
            List.of("", ""));
    Set<String> paths =
        faults.in(
            () -> FieldMasks.paths(request.getUpdateMask(), asked, CalendarMessages.UPDATABLE),
            Set.of());
    StoredCalendar draft =
        faults.in(
            () ->
                CalendarMessages.draft(ids.get(0), ids.get(1), CalendarMessages.only(asked, paths)),
            null);
    faults.in(() -> Texts.requestId(request.getRequestId()));
    faults.refuse();
    checkTenant(ids.get(0));
    Request noted = Repeats.of(asked.getName(), request.getRequestId(), request);
    return repeats.answer(
        noted,
        () ->
            message(
                change(
                        ids,
                        noted,
                        current -> {
                          checkEtag(asked.getEtag(), current);
                          return CalendarMessages.updated(current, draft, paths);
                        })
                    .orElseThrow(() -> ApiException.notFound("CALENDAR", asked.getName()))),
        this::asItIs);
  }

  private Optional<StoredCalendar> change(
      List<String> ids, Request request, UnaryOperator<StoredCalendar> change) {
    Optional<StoredCalendar> after =
        store.update(ids.get(0), ids.get(1), request, clock.nowMicros(), change);
    after.ifPresent(calendar -> changed.run());
    return after;
  }

  @Override
  public void deleteCalendar(DeleteCalendarRequest request, StreamObserver<Empty> caller) {
    Calls.answer(
        caller,
        () -> {
          Faults faults = new Faults();
          List<String> ids = faults.in(() -> names("name", request.getName()), List.of());
          faults.in(() -> Texts.requestId(request.getRequestId()));
          faults.refuse();
          Request asked = Repeats.of(request.getName(), request.getRequestId(), request);
          return repeats.answer(
              asked, () -> delete(ids, request, asked), made -> Empty.getDefaultInstance());
        });
  }

  private Empty delete(List<String> ids, DeleteCalendarRequest request, Request asked) {
    String name = request.getName();
    Deletion deletion =
        store.delete(
            ids.get(0),
            ids.get(1),
            asked,
            clock.nowMicros(),
            current -> checkEtag(request.getEtag(), current));
    if (!deletion.found()) {
      throw ApiException.notFound("CALENDAR", name);
    }
    if (deletion.schedules() > 0) {
      String example = ResourceName.schedule(ids.get(0), deletion.example());
      String count = Integer.toString(deletion.schedules());
      throw ApiException.of(
          Code.FAILED_PRECONDITION,
          "CALENDAR_IN_USE",
          "schedules name " + name + ": " + count + " in all, one is " + example,
          Map.of("name", name, "schedule", example, "schedules", count));
    }
    return Empty.getDefaultInstance();
  }

  @Override
  public void importCalendar(
      ImportCalendarRequest request, StreamObserver<ImportCalendarResponse> caller) {
    Calls.answer(caller, () -> take(request));
  }

  private ImportCalendarResponse take(ImportCalendarRequest request) {
    Faults faults = new Faults();
    List<String> ids =
        faults.in(
            () -> ResourceName.parse("name", request.getName(), "tenants", "calendars"),
            List.of("", ""));
    if (!ids.get(1).isEmpty()) {
      faults.in(() -> ResourceName.checkId("name", ids.get(1)));
    }
    if (request.getIcalendar().isEmpty()) {
      faults.add(ApiException.required("icalendar"));
    } else if (request.getIcalendarBytes().size() > MAX_FILE_BYTES) {
      faults.add(ApiException.invalid("icalendar", "FIELD_OUT_OF_RANGE", "must be at most 1 MiB"));
    }
    faults.refuse();
    checkTenant(ids.get(0));
    ICalendarDays file;
    try {
      file = ICalendarDays.read(request.getIcalendar());
    } catch (ICalendarException e) {
      throw ApiException.invalid("icalendar", "ICALENDAR_MALFORMED", e.getMessage());
    }
    CalendarMessages.checkCount("icalendar", file.days());
    return ImportCalendarResponse.newBuilder()
        .setCalendar(message(put(ids, file.days(), request.getReplace())))
        .setImportedDays(file.count())
        .setIgnoredEvents(file.ignoredEvents())
        .addAllFaults(file.faults().stream().map(CalendarRpc::message).toList())
        .build();
  }

  private static ICalendarFault message(Fault fault) {
    return ICalendarFault.newBuilder().setLine(fault.line()).setText(fault.text()).build();
  }

  /** Changes the calendar, or makes it. */
  private StoredCalendar put(List<String> ids, List<DayRange> days, boolean replace) {
    UnaryOperator<StoredCalendar> change =
        current -> {
          List<DayRange> all = new ArrayList<>(replace ? List.of() : current.days());
          all.addAll(days);
          List<DayRange> joined = DayRange.joined(all);
          CalendarMessages.checkCount("icalendar", joined);
          return current.with(current.displayName(), joined, current.weekend());
        };
    StoredCalendar draft = new StoredCalendar(0, ids.get(0), ids.get(1), "", days, 0, 0, 0, 0);
    return change(ids, Request.NONE, change)
        .or(() -> store.create(draft, Request.NONE, clock.nowMicros()))
        // Another call made it meanwhile.
        .or(() -> change(ids, Request.NONE, change))
        .orElseThrow(
            () ->
                ApiException.of(
                    Code.ABORTED,
                    "TOO_MANY_CHANGES",
                    "the calendar is made and deleted all the time: try again",
                    Map.of()));
  }

  private static void checkEtag(String asked, StoredCalendar current) {
    String etag = Long.toString(current.version());
    if (!asked.isEmpty() && !asked.equals(etag)) {
      throw ApiException.of(
          Code.ABORTED,
          "ETAG_MISMATCH",
          "the calendar was changed since: read it, and try again with its etag",
          Map.of("etag", etag));
    }
  }
}
