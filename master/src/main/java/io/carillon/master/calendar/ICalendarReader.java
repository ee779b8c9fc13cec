package io.carillon.master.calendar;

import com.github.mangstadt.vinnie.VObjectProperty;
import com.github.mangstadt.vinnie.io.Context;
import com.github.mangstadt.vinnie.io.SyntaxRules;
import com.github.mangstadt.vinnie.io.VObjectDataListener;
import com.github.mangstadt.vinnie.io.VObjectReader;
import com.github.mangstadt.vinnie.io.Warning;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * Finds the events of a file. Lines out of order are told and passed over; what has the form of no
 * iCalendar file is refused.
 */
final class ICalendarReader implements VObjectDataListener {

  private static final String CALENDAR = "VCALENDAR";
  private static final String EVENT = "VEVENT";

  private final List<Event> events = new ArrayList<>();
  private final Deque<String> within = new ArrayDeque<>();
  private final CalendarFaults faults;
  private int calendars;
  private int lastLine;
  private ZoneId zone;

  private Event open;

  /** How many components the open event is within, itself included. */
  private int openDepth;

  private ICalendarReader(CalendarFaults faults) {
    this.faults = faults;
  }

  /**
   * @param zone that all of the file is in, as X-WR-TIMEZONE says; null if it does not
   */
  record Read(List<Event> events, ZoneId zone) {}

  /**
   * @throws ICalendarException if it is no such file
   */
  static Read read(String text, CalendarFaults faults) {
    ICalendarReader reader = new ICalendarReader(faults);
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try (VObjectReader lines =
        new VObjectReader(new StringReader(content), SyntaxRules.iCalendar())) {
      lines.parse(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (reader.calendars == 0) {
      throw new ICalendarException(0, "there is no BEGIN:VCALENDAR: is it an iCalendar file?");
    }
    if (reader.open != null) {
      faults.add(reader.open.line(), "begins an event that is cut off, and left out");
    }
    if (!reader.within.isEmpty()) {
      faults.add(
          reader.lastLine, "is the last one, but END:VCALENDAR is missing: is the file cut off?");
    }
    return new Read(reader.events, reader.zone);
  }

  @Override
  public void onComponentBegin(String given, Context context) {
    lastLine = context.getLineNumber();
    String name = given.toUpperCase(Locale.ROOT);
    if (within.isEmpty() && !name.equals(CALENDAR)) {
      faults.add(lastLine, "begins a " + shortened(name) + " out of a VCALENDAR");
    }
    String parent = within.peek();
    boolean inCalendar = CALENDAR.equals(within.peekLast());
    within.push(name);
    if (name.equals(CALENDAR)) {
      calendars++;
    } else if (name.equals(EVENT)
        && inCalendar
        && (CALENDAR.equals(parent) || EVENT.equals(parent))) {
      if (open != null) {
        faults.add(lastLine, "begins an event before the END of the one before");
        events.add(open);
      }
      open = new Event(lastLine, faults);
      openDepth = within.size();
    }
  }

  @Override
  public void onComponentEnd(String given, Context context) {
    String line = context.getUnfoldedLine();
    boolean told = lastLine == context.getLineNumber();
    lastLine = context.getLineNumber();
    if (!told && !line.substring(line.indexOf(':') + 1).strip().equalsIgnoreCase(given)) {
      faults.add(lastLine, "comes before the END of " + shortened(given));
    }
    if (open != null && within.size() == openDepth) {
      events.add(open);
      open = null;
    }
    within.pop();
  }

  @Override
  public void onProperty(VObjectProperty property, Context context) {
    lastLine = context.getLineNumber();
    if (within.isEmpty()) {
      faults.add(lastLine, "is out of a VCALENDAR");
    } else if (open != null && within.size() == openDepth) {
      // Not those of an alarm in it.
      open.add(property, lastLine);
    } else if (property.getName().equalsIgnoreCase("X-WR-TIMEZONE")) {
      zone = zone(property.getValue().strip());
    }
  }

  /** Null if it is not known. */
  private static ZoneId zone(String id) {
    try {
      return ZoneId.of(id);
    } catch (DateTimeException e) {
      return null;
    }
  }

  @Override
  public void onVersion(String value, Context context) {
    lastLine = context.getLineNumber();
  }

  @Override
  public void onWarning(
      Warning warning, VObjectProperty property, Exception thrown, Context context) {
    lastLine = context.getLineNumber();
    switch (warning) {
      case MALFORMED_LINE -> faults.add(lastLine, "has no \":\", so it is no property");
      case EMPTY_BEGIN, EMPTY_END -> faults.add(lastLine, "does not say what begins or ends");
      case UNMATCHED_END -> faults.add(lastLine, "ends what has not begun");
      default -> {
        // Of a text that is not looked at, or a version.
      }
    }
  }

  private static String shortened(String text) {
    return text.length() <= 30 ? text : text.substring(0, 30) + "…";
  }
}
