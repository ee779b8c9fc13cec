package io.carillon.cli;

import com.google.protobuf.Empty;
import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.DeleteCalendarRequest;
import io.carillon.v1.GetCalendarRequest;
import io.carillon.v1.ICalendarFault;
import io.carillon.v1.ImportCalendarRequest;
import io.carillon.v1.ImportCalendarResponse;
import io.carillon.v1.ListCalendarsRequest;
import io.carillon.v1.ListCalendarsResponse;
import io.carillon.v1.UpdateCalendarRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.TreeMap;

/** Calendars in a map. */
final class FakeCalendars extends CalendarServiceGrpc.CalendarServiceImplBase {

  final TreeMap<String, Calendar> stored = new TreeMap<>();
  List<ICalendarFault> faults = List.of();
  ImportCalendarRequest lastImport;

  private static <T> void answer(StreamObserver<T> observer, T answer) {
    if (answer == null) {
      observer.onError(Status.NOT_FOUND.withDescription("no such calendar").asException());
    } else {
      observer.onNext(answer);
      observer.onCompleted();
    }
  }

  @Override
  public synchronized void createCalendar(
      CreateCalendarRequest request, StreamObserver<Calendar> observer) {
    String name = request.getParent() + "/calendars/" + request.getCalendarId();
    stored.put(name, request.getCalendar().toBuilder().setName(name).setEtag("e1").build());
    answer(observer, stored.get(name));
  }

  @Override
  public synchronized void getCalendar(
      GetCalendarRequest request, StreamObserver<Calendar> observer) {
    answer(observer, stored.get(request.getName()));
  }

  @Override
  public synchronized void listCalendars(
      ListCalendarsRequest request, StreamObserver<ListCalendarsResponse> observer) {
    answer(observer, ListCalendarsResponse.newBuilder().addAllCalendars(stored.values()).build());
  }

  @Override
  public synchronized void updateCalendar(
      UpdateCalendarRequest request, StreamObserver<Calendar> observer) {
    Calendar calendar = request.getCalendar();
    if (!calendar.getEtag().equals(stored.get(calendar.getName()).getEtag())) {
      observer.onError(Status.ABORTED.withDescription("the etag is stale").asException());
      return;
    }
    stored.put(calendar.getName(), calendar.toBuilder().setEtag("e2").build());
    answer(observer, stored.get(calendar.getName()));
  }

  @Override
  public synchronized void deleteCalendar(
      DeleteCalendarRequest request, StreamObserver<Empty> observer) {
    answer(observer, stored.remove(request.getName()) == null ? null : Empty.getDefaultInstance());
  }

  @Override
  public synchronized void importCalendar(
      ImportCalendarRequest request, StreamObserver<ImportCalendarResponse> observer) {
    lastImport = request;
    answer(
        observer,
        ImportCalendarResponse.newBuilder()
            .setCalendar(Calendar.newBuilder().setName(request.getName()))
            .setImportedDays(11)
            .setIgnoredEvents(2)
            .addAllFaults(faults)
            .build());
  }
}
