package io.carillon.cli.schedule;

import com.google.protobuf.ByteString;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.TimeText;
import io.carillon.v1.Schedule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Schedules as people read them. */
final class ScheduleView {

  static final List<Output.Column<Schedule>> LIST =
      List.of(
          new Output.Column<>("SCHEDULE", s -> Names.id(s.getName())),
          new Output.Column<>("STATE", ScheduleView::state),
          new Output.Column<>("WHEN", s -> SpecView.rule(s.getSpec())),
          new Output.Column<>("ZONE", s -> SpecView.zone(s.getSpec())),
          new Output.Column<>("NEXT", s -> s.hasNextTime() ? TimeText.show(s.getNextTime()) : ""),
          new Output.Column<>("DESTINATION", s -> Names.id(s.getDestination())),
          new Output.Column<>("LABELS", s -> labels(s.getLabelsMap())));

  static final List<Output.Column<Schedule>> DETAIL =
      List.of(
          new Output.Column<>("Name", Schedule::getName),
          new Output.Column<>("Uid", Schedule::getUid),
          new Output.Column<>("Display name", Schedule::getDisplayName),
          new Output.Column<>("State", ScheduleView::state),
          new Output.Column<>("Pause reason", Schedule::getPauseReason),
          new Output.Column<>("Paused by", Schedule::getPausedBy),
          new Output.Column<>("Pause operation", Schedule::getPauseOperation),
          new Output.Column<>("When", s -> SpecView.rule(s.getSpec())),
          new Output.Column<>("Kind", s -> SpecView.kind(s.getSpec())),
          new Output.Column<>("Zone", s -> SpecView.zone(s.getSpec())),
          new Output.Column<>("Zone rules", Schedule::getTzdbVersion),
          new Output.Column<>("Bounds", s -> SpecView.bounds(s.getSpec())),
          new Output.Column<>("DST", s -> SpecView.dst(s.getSpec())),
          new Output.Column<>("Calendars", s -> SpecView.calendars(s.getSpec())),
          new Output.Column<>("Excluded", s -> SpecView.exclusions(s.getSpec())),
          new Output.Column<>("Jitter", s -> SpecView.jitter(s.getSpec())),
          new Output.Column<>("Next", s -> s.hasNextTime() ? TimeText.show(s.getNextTime()) : ""),
          new Output.Column<>("Destination", Schedule::getDestination),
          new Output.Column<>("Labels", s -> labels(s.getLabelsMap())),
          new Output.Column<>("Catch-up", s -> SpecView.catchUp(s.getCatchUp())),
          new Output.Column<>("Payload type", Schedule::getPayloadType),
          new Output.Column<>("Payload", s -> payload(s.getPayload())),
          new Output.Column<>(
              "Version", s -> s.getVersion() == 0 ? "" : Long.toString(s.getVersion())),
          new Output.Column<>("Etag", Schedule::getEtag),
          new Output.Column<>(
              "Created", s -> s.hasCreateTime() ? TimeText.show(s.getCreateTime()) : ""),
          new Output.Column<>(
              "Changed", s -> s.hasUpdateTime() ? TimeText.show(s.getUpdateTime()) : ""),
          new Output.Column<>(
              "In force since",
              s -> s.hasEffectiveTime() ? TimeText.show(s.getEffectiveTime()) : ""));

  private static final int SHOWN_PAYLOAD = 500;

  private ScheduleView() {}

  /** As in "PAUSED until 2026-12-27T00:00:00Z". */
  private static String state(Schedule schedule) {
    return schedule.getState().name()
        + (schedule.hasPausedUntil() ? " until " + TimeText.show(schedule.getPausedUntil()) : "");
  }

  static String labels(Map<String, String> labels) {
    return new TreeMap<>(labels)
        .entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(","));
  }

  /** Text as text, anything else as its length: bytes do not belong on a terminal. */
  static String payload(ByteString payload) {
    if (payload.isEmpty()) {
      return "";
    }
    String text = payload.isValidUtf8() ? payload.toStringUtf8() : "";
    boolean readable =
        !text.isEmpty()
            && text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t');
    if (!readable) {
      return payload.size() + " bytes";
    }
    return text.length() <= SHOWN_PAYLOAD
        ? text
        : text.substring(0, SHOWN_PAYLOAD) + "… (" + payload.size() + " bytes)";
  }
}
