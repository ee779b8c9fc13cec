package io.carillon.master.api.calendar;

import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.PageToken;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.calendars.StoredCalendar;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.GetCalendarRequest;
import io.carillon.v1.ListCalendarsRequest;
import io.carillon.v1.ListCalendarsResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;

/**
 * The calls of CalendarService that only read PostgreSQL: any master answers them, and a leader
 * answers them the same way.
 */
public class CalendarReads extends CalendarServiceGrpc.CalendarServiceImplBase {

  /** A page ends once it is this large: with the last calendar it stays below 4 MiB. */
  private static final int MAX_PAGE_BYTES = 3 << 20;

  /** How many calendars are read at once, each of up to 5000 ranges. */
  private static final int READ = 50;

  private final Calendars calendars;
  private final Schedules schedules;

  public CalendarReads(Calendars calendars, Schedules schedules) {
    this.calendars = calendars;
    this.schedules = schedules;
  }

  @Override
  public void getCalendar(GetCalendarRequest request, StreamObserver<Calendar> caller) {
    Calls.answer(
        caller,
        () -> {
          List<String> ids = names("name", request.getName());
          return message(
              calendars
                  .find(ids.get(0), ids.get(1))
                  .orElseThrow(() -> ApiException.notFound("CALENDAR", request.getName())));
        });
  }

  @Override
  public void listCalendars(
      ListCalendarsRequest request, StreamObserver<ListCalendarsResponse> caller) {
    Calls.answer(caller, () -> list(request));
  }

  private ListCalendarsResponse list(ListCalendarsRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> ResourceName.parseTenant("parent", request.getParent()), "");
    int size = faults.in(() -> PageToken.pageSize(request.getPageSize()), 0);
    faults.refuse();
    String list = "calendars of " + tenant;
    String last = PageToken.lastId(list, request.getPageToken());
    checkTenant(tenant);
    ListCalendarsResponse.Builder response = ListCalendarsResponse.newBuilder();
    int bytes = 0;
    while (true) {
      List<StoredCalendar> rows = calendars.list(tenant, last, READ);
      if (rows.isEmpty()) {
        return response.build();
      }
      Map<Integer, Integer> pending =
          calendars.pending(rows.stream().map(StoredCalendar::num).toList());
      for (StoredCalendar row : rows) {
        if (response.getCalendarsCount() == size || bytes >= MAX_PAGE_BYTES) {
          return response.setNextPageToken(PageToken.of(list, last)).build();
        }
        Calendar calendar = CalendarMessages.of(row, pending.getOrDefault(row.num(), 0));
        bytes += calendar.getSerializedSize();
        response.addCalendars(calendar);
        last = row.id();
      }
    }
  }

  final List<String> names(String field, String name) {
    List<String> ids = ResourceName.parse(field, name, "tenants", "calendars");
    checkTenant(ids.get(0));
    return ids;
  }

  final void checkTenant(String tenant) {
    if (!schedules.tenantExists(tenant)) {
      throw ApiException.notFound("TENANT", ResourceName.tenant(tenant));
    }
  }

  final Calendar message(StoredCalendar calendar) {
    return CalendarMessages.of(
        calendar, calendars.pending(List.of(calendar.num())).getOrDefault(calendar.num(), 0));
  }
}
