package io.carillon.cli.calendar;

import com.google.protobuf.FieldMask;
import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.DayText;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.GroupCommand;
import io.carillon.cli.terminal.LimitOption;
import io.carillon.client.CarillonClient;
import io.carillon.v1.Calendar;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.DateRange;
import io.carillon.v1.DeleteCalendarRequest;
import io.carillon.v1.GetCalendarRequest;
import io.carillon.v1.ListCalendarsRequest;
import io.carillon.v1.ListCalendarsResponse;
import io.carillon.v1.UpdateCalendarRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "calendar",
    description = "Create, read and change calendars: days off, shared by schedules.")
public final class CalendarCommand extends GroupCommand {
  @Override
  protected List<Class<?>> verbs() {
    return List.of(
        CalendarCommand.Create.class,
        CalendarCommand.Get.class,
        CalendarCommand.ListAll.class,
        CalendarCommand.Update.class,
        CalendarCommand.Delete.class,
        CalendarImport.class);
  }

  /** A verb on one calendar. */
  abstract static class OnOne extends ClientCommand {
    @Parameters(paramLabel = "CALENDAR", description = "Id of the calendar, or its full name.")
    private String calendar;

    String name() {
      return names().calendar(calendar);
    }
  }

  /** What can be set. */
  static final class Settings {
    @Option(names = "--display-name", paramLabel = "TEXT", description = "A line for people.")
    private String displayName;

    @Option(
        names = "--day",
        paramLabel = "DAY|FROM..TO",
        description = "A day off, or all from this day to that one; may be repeated.")
    private List<DateRange> days = new ArrayList<>();

    @Option(
        names = "--weekend",
        paramLabel = "sat,sun|none",
        description = "Days of every week that are off.")
    private String weekend;

    boolean given() {
      return displayName != null || weekend != null || !days.isEmpty();
    }

    /** Adds the days; the others are replaced. */
    void applyTo(Calendar.Builder calendar) {
      if (displayName != null) {
        calendar.setDisplayName(displayName);
      }
      calendar.addAllDays(days);
      if (weekend != null) {
        calendar.clearWeekend().addAllWeekend(CalendarView.parseWeekend(weekend));
      }
    }
  }

  @Command(
      name = "create",
      description = "Create a calendar.",
      footerHeading = "%nExample:%n",
      footer =
          "  carillon calendar create office --weekend sat,sun --day 2026-12-25 --day 2026-12-28..2026-12-31")
  static final class Create extends OnOne {
    @Mixin private Settings settings;

    @Override
    protected int run(CarillonClient client) {
      Calendar.Builder calendar = Calendar.newBuilder();
      settings.applyTo(calendar);
      String name = name();
      String prefix = names().parent() + "/calendars/";
      if (!name.startsWith(prefix)) {
        throw wrongUsage("\"" + name + "\" is of another tenant than --tenant says");
      }
      Calendar created =
          client
              .calendars()
              .createCalendar(
                  CreateCalendarRequest.newBuilder()
                      .setParent(names().parent())
                      .setCalendarId(name.substring(prefix.length()))
                      .setCalendar(calendar)
                      .build());
      output().one(created, CalendarView.DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(name = "get", description = "Show one calendar.")
  static final class Get extends OnOne {
    @Override
    protected int run(CarillonClient client) {
      output()
          .one(
              client
                  .calendars()
                  .getCalendar(GetCalendarRequest.newBuilder().setName(name()).build()),
              CalendarView.DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(name = "list", description = "List calendars, ordered by id.")
  static final class ListAll extends ClientCommand {
    @Mixin private LimitOption limit;

    @Override
    protected int run(CarillonClient client) {
      ListCalendarsRequest.Builder request =
          ListCalendarsRequest.newBuilder()
              .setParent(names().parent())
              .setPageSize(limit.pageSize());
      output()
          .list(
              limit.pages(
                  token -> client.calendars().listCalendars(request.setPageToken(token).build()),
                  ListCalendarsResponse::getCalendarsList,
                  ListCalendarsResponse::getNextPageToken),
              CalendarView.LIST);
      return ExitCode.OK;
    }
  }

  /** The server replaces all of it, so the stored one is read, and its etag guards the change. */
  @Command(
      name = "update",
      description = {
        "Add days, take days away, change the weekend.",
        "The schedules that name the calendar follow by themselves, within seconds."
      })
  static final class Update extends OnOne {
    @Mixin private Settings settings;

    @Option(
        names = "--remove-day",
        paramLabel = "DAY|FROM..TO",
        description = "Take a day off, or several, away again; may be repeated.")
    private List<DateRange> removed = new ArrayList<>();

    @Option(names = "--etag", description = "Only if it was not changed since this etag.")
    private String etag;

    @Override
    protected int run(CarillonClient client) {
      if (!settings.given() && removed.isEmpty()) {
        throw wrongUsage("say what to change");
      }
      Calendar stored =
          client.calendars().getCalendar(GetCalendarRequest.newBuilder().setName(name()).build());
      List<DateRange> days = stored.getDaysList();
      for (DateRange range : removed) {
        days = DayText.without(days, range);
      }
      Calendar.Builder changed = stored.toBuilder().clearDays().addAllDays(days);
      settings.applyTo(changed);
      if (etag != null) {
        changed.setEtag(etag);
      }
      Calendar updated =
          client
              .calendars()
              .updateCalendar(
                  UpdateCalendarRequest.newBuilder()
                      .setCalendar(changed)
                      .setUpdateMask(FieldMask.newBuilder().addPaths("*"))
                      .build());
      output().one(updated, CalendarView.DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(name = "delete", description = "Delete a calendar that no schedule names any more.")
  static final class Delete extends OnOne {
    @Option(names = "--etag", description = "Only if it was not changed since this etag.")
    private String etag;

    @Override
    protected int run(CarillonClient client) {
      DeleteCalendarRequest.Builder request = DeleteCalendarRequest.newBuilder().setName(name());
      if (etag != null) {
        request.setEtag(etag);
      }
      var unused = client.calendars().deleteCalendar(request.build());
      say("deleted " + name());
      return ExitCode.OK;
    }
  }
}
