package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.ListCalendarsRequest;
import io.carillon.v1.ListDestinationsRequest;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.ListOperationsRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.PauseSchedulesRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A page token is taken only as it was given. */
class PageTokenTest extends MasterOfOneSchedule {

  private static String tampered(String token, String key) {
    String check =
        new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).substring(0, 16);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((check + key).getBytes(StandardCharsets.UTF_8));
  }

  /** The first token of a list of two and more, and how the list takes tokens. */
  private static void tokens(
      List<Executable> all, String token, Function<String, Callable<?>> list) {
    assertTrue(token.length() > 20, "no next page");
    for (String key :
        new String[] {"a\0b", "x", "1 2", "9223372036854775807 1 1", "-1", "é\u202e"}) {
      all.add(
          () ->
              assertEquals(
                  "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token",
                  refusal(list.apply(tampered(token, key))),
                  key));
    }
    for (String other :
        new String[] {"x", "AAAA", token.substring(1), "!" + token, "A".repeat(2_000)}) {
      all.add(
          () ->
              assertEquals(
                  "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token", refusal(list.apply(other))));
    }
  }

  private static void createTwoOfEach(
      CalendarServiceGrpc.CalendarServiceBlockingStub calendars,
      DestinationServiceGrpc.DestinationServiceBlockingStub destinations) {
    fixture.create("pages");
    for (String id : new String[] {"one", "two"}) {
      calendars.createCalendar(
          CreateCalendarRequest.newBuilder()
              .setParent(TENANT)
              .setCalendarId(id)
              .setCalendar(Calendar.getDefaultInstance())
              .build());
      destinations.createDestination(
          CreateDestinationRequest.newBuilder()
              .setParent(TENANT)
              .setDestinationId(id)
              .setDestination(Destination.newBuilder().setKind(Destination.Kind.STREAM))
              .build());
      fixture.ended(
          fixture.schedules.pauseSchedules(
              PauseSchedulesRequest.newBuilder()
                  .setParent(TENANT)
                  .putLabels("no", "such")
                  .build()));
    }
  }

  @Test
  void a_page_token_that_was_tampered_with_is_refused_by_every_list() {
    CalendarServiceGrpc.CalendarServiceBlockingStub calendars =
        CalendarServiceGrpc.newBlockingStub(fixture.channel);
    DestinationServiceGrpc.DestinationServiceBlockingStub destinations =
        DestinationServiceGrpc.newBlockingStub(fixture.channel);
    FireServiceGrpc.FireServiceBlockingStub fires =
        FireServiceGrpc.newBlockingStub(fixture.channel);
    createTwoOfEach(calendars, destinations);
    ListSchedulesRequest.Builder schedules =
        ListSchedulesRequest.newBuilder().setParent(TENANT).setPageSize(1);
    ListCalendarsRequest.Builder ofCalendars =
        ListCalendarsRequest.newBuilder().setParent(TENANT).setPageSize(1);
    ListDestinationsRequest.Builder ofDestinations =
        ListDestinationsRequest.newBuilder().setParent(TENANT).setPageSize(1);
    ListOperationsRequest.Builder operations =
        ListOperationsRequest.newBuilder().setParent(TENANT).setPageSize(1);
    List<Executable> all = new ArrayList<>();
    tokens(
        all,
        fixture.schedules.listSchedules(schedules.build()).getNextPageToken(),
        token -> () -> fixture.schedules.listSchedules(schedules.setPageToken(token).build()));
    tokens(
        all,
        calendars.listCalendars(ofCalendars.build()).getNextPageToken(),
        token -> () -> calendars.listCalendars(ofCalendars.setPageToken(token).build()));
    tokens(
        all,
        destinations.listDestinations(ofDestinations.build()).getNextPageToken(),
        token -> () -> destinations.listDestinations(ofDestinations.setPageToken(token).build()));
    tokens(
        all,
        fixture.operations.listOperations(operations.build()).getNextPageToken(),
        token -> () -> fixture.operations.listOperations(operations.setPageToken(token).build()));
    ListFiresRequest.Builder ofFires =
        ListFiresRequest.newBuilder().setParent(name("there")).setPageSize(1);
    for (String token : new String[] {"x", "AAAA", "A".repeat(2_000)}) {
      all.add(
          () ->
              assertEquals(
                  "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token",
                  refusal(() -> fires.listFires(ofFires.setPageToken(token).build()))));
    }
    assertAll(all);
  }
}
