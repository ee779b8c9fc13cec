package io.carillon.cli;

import com.google.protobuf.ByteString;
import io.carillon.v1.FoldPolicy;
import io.carillon.v1.GapPolicy;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Schedules as people read them. */
final class ScheduleView {

  static final List<Output.Column<Schedule>> LIST =
      List.of(
          new Output.Column<>("SCHEDULE", s -> Names.id(s.getName())),
          new Output.Column<>("STATE", s -> s.getState().name()),
          new Output.Column<>("WHEN", s -> rule(s.getSpec())),
          new Output.Column<>("ZONE", s -> zone(s.getSpec())),
          new Output.Column<>("NEXT", s -> s.hasNextTime() ? TimeText.show(s.getNextTime()) : ""),
          new Output.Column<>("DESTINATION", s -> Names.id(s.getDestination())),
          new Output.Column<>("LABELS", s -> labels(s.getLabelsMap())));

  static final List<Output.Column<Schedule>> DETAIL =
      List.of(
          new Output.Column<>("Name", Schedule::getName),
          new Output.Column<>("Uid", Schedule::getUid),
          new Output.Column<>("Display name", Schedule::getDisplayName),
          new Output.Column<>("State", s -> s.getState().name()),
          new Output.Column<>("Pause reason", Schedule::getPauseReason),
          new Output.Column<>("When", s -> rule(s.getSpec())),
          new Output.Column<>("Zone", s -> zone(s.getSpec())),
          new Output.Column<>("Bounds", s -> bounds(s.getSpec())),
          new Output.Column<>("DST", s -> dst(s.getSpec())),
          new Output.Column<>("Next", s -> s.hasNextTime() ? TimeText.show(s.getNextTime()) : ""),
          new Output.Column<>("Destination", Schedule::getDestination),
          new Output.Column<>("Labels", s -> labels(s.getLabelsMap())),
          new Output.Column<>(
              "Catch-up window",
              s -> s.getCatchUp().hasWindow() ? TimeText.show(s.getCatchUp().getWindow()) : ""),
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

  static String rule(ScheduleSpec spec) {
    return switch (spec.getRuleCase()) {
      case CRON -> spec.getCron().getExpression();
      case INTERVAL -> "every " + TimeText.show(spec.getInterval().getPeriod());
      case ONCE ->
          spec.getOnce().hasAt()
              ? "at " + TimeText.show(spec.getOnce().getAt())
              : "after " + TimeText.show(spec.getOnce().getAfter());
      case RECURRENCE -> spec.getRecurrence().getRrule();
      case UNION -> spec.getUnion().getRulesCount() + " rules";
      case RULE_NOT_SET -> "";
    };
  }

  /** Only where it matters. */
  private static String zone(ScheduleSpec spec) {
    return spec.hasCron() ? spec.getTimeZone() : "";
  }

  private static String bounds(ScheduleSpec spec) {
    StringBuilder text = new StringBuilder();
    if (spec.hasStartTime()) {
      text.append("from ").append(TimeText.show(spec.getStartTime())).append(' ');
    }
    if (spec.hasEndTime()) {
      text.append("to ").append(TimeText.show(spec.getEndTime())).append(' ');
    }
    if (spec.getMaxFires() > 0) {
      text.append("at most ").append(spec.getMaxFires()).append(" times");
    }
    return text.toString().strip();
  }

  private static String dst(ScheduleSpec spec) {
    if (!spec.hasCron()
        || (spec.getGap() == GapPolicy.GAP_POLICY_UNSPECIFIED
            && spec.getFold() == FoldPolicy.FOLD_POLICY_UNSPECIFIED)) {
      return "";
    }
    return spec.getGap() + " " + spec.getFold();
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
