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
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the events of a file. What has the form of no iCalendar file is refused: a day off that is
 * missing because a line was skipped would be found out too late.
 */
final class ICalendarReader implements VObjectDataListener {

  /** A VALARM in a VEVENT in a VCALENDAR is at 3. */
  private static final int MAX_DEPTH = 8;

  private final List<Event> events = new ArrayList<>();
  private int calendars;
  private int depth;
  private int lastLine;
  private Event open;

  private ICalendarReader() {}

  /**
   * @throws ICalendarException if it is no such file
   */
  static List<Event> events(String text) {
    ICalendarReader reader = new ICalendarReader();
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try (VObjectReader lines =
        new VObjectReader(new StringReader(content), SyntaxRules.iCalendar())) {
      lines.parse(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (reader.depth > 0) {
      throw new ICalendarException(
          reader.lastLine, "is the last one, but END:VCALENDAR is missing: the file is cut off");
    }
    if (reader.calendars == 0) {
      throw new ICalendarException(0, "there is no BEGIN:VCALENDAR: is it an iCalendar file?");
    }
    return reader.events;
  }

  @Override
  public void onComponentBegin(String name, Context context) {
    lastLine = context.getLineNumber();
    if (depth == 0 && !name.equals("VCALENDAR")) {
      throw new ICalendarException(lastLine, "begins a " + shortened(name) + " out of a VCALENDAR");
    }
    if (++depth > MAX_DEPTH) {
      throw new ICalendarException(lastLine, "is within too many others that are not ended");
    }
    if (depth == 1) {
      calendars++;
    } else if (depth == 2 && name.equals("VEVENT")) {
      open = new Event(lastLine);
    }
  }

  @Override
  public void onComponentEnd(String name, Context context) {
    lastLine = context.getLineNumber();
    String line = context.getUnfoldedLine();
    if (!line.substring(line.indexOf(':') + 1).strip().equalsIgnoreCase(name)) {
      throw new ICalendarException(lastLine, "comes before the END of " + shortened(name));
    }
    if (--depth == 1 && open != null) {
      events.add(open);
      open = null;
    }
  }

  @Override
  public void onProperty(VObjectProperty property, Context context) {
    lastLine = context.getLineNumber();
    if (depth == 0) {
      throw new ICalendarException(lastLine, "is out of a VCALENDAR");
    }
    // Not those of an alarm in it.
    if (depth == 2 && open != null) {
      open.add(property, lastLine);
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
      case MALFORMED_LINE ->
          throw new ICalendarException(lastLine, "has no \":\", so it is no property");
      case EMPTY_BEGIN, EMPTY_END ->
          throw new ICalendarException(lastLine, "does not say what begins or ends");
      case UNMATCHED_END -> throw new ICalendarException(lastLine, "ends what has not begun");
      default -> {
        // Of a text that is not looked at, or a version.
      }
    }
  }

  private static String shortened(String text) {
    return text.length() <= 30 ? text : text.substring(0, 30) + "…";
  }
}
