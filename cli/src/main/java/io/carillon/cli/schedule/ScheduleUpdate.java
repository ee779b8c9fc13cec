package io.carillon.cli.schedule;

import com.google.protobuf.FieldMask;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.client.CarillonClient;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.UpdateScheduleRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Changes what the options name. The server replaces spec, labels and catch-up as a whole, so the
 * stored ones are read first and the etag guards against a change between.
 */
@Command(name = "update", description = "Change what the options name, and nothing else.")
final class ScheduleUpdate extends OnSchedule {

  @Mixin private SpecOptions spec;
  @Mixin private ContentOptions content;

  @Option(
      names = "--remove-label",
      paramLabel = "KEY",
      description = "Take a label away; may be repeated.")
  private List<String> removedLabels = new ArrayList<>();

  @Option(names = "--no-start", description = "Take the start away.")
  private boolean noStart;

  @Option(names = "--no-end", description = "Take the end away.")
  private boolean noEnd;

  @Option(names = "--no-exclude", description = "Take all exclusions away, but those given here.")
  private boolean noExclusions;

  @Option(names = "--no-calendar", description = "Take all calendars away, but those given here.")
  private boolean noCalendars;

  @Option(names = "--etag", description = "Only if it was not changed since this etag.")
  private String etag;

  @Option(names = "--validate-only", description = "Check, and store nothing.")
  private boolean validateOnly;

  @Override
  protected int run(CarillonClient client) throws IOException {
    Schedule stored =
        client.schedules().getSchedule(GetScheduleRequest.newBuilder().setName(name()).build());
    Schedule.Builder changed =
        Schedule.newBuilder().setName(name()).setEtag(etag != null ? etag : stored.getEtag());
    FieldMask mask = change(stored, changed);
    if (mask.getPathsCount() == 0) {
      throw wrongUsage("say what to change");
    }
    Schedule updated =
        client
            .schedules()
            .updateSchedule(
                UpdateScheduleRequest.newBuilder()
                    .setSchedule(changed)
                    .setUpdateMask(mask)
                    .setValidateOnly(validateOnly)
                    .build());
    output().one(updated, ScheduleView.DETAIL);
    if (validateOnly) {
      say("valid; nothing was stored");
    }
    return ExitCode.OK;
  }

  private FieldMask change(Schedule stored, Schedule.Builder changed) throws IOException {
    FieldMask.Builder mask = FieldMask.newBuilder();
    if (spec.given() || noStart || noEnd || noExclusions || noCalendars) {
      changed.setSpec(newSpec(stored.getSpec()));
      mask.addPaths("spec");
    }
    if (!content.labels.isEmpty() || !removedLabels.isEmpty()) {
      changed.putAllLabels(stored.getLabelsMap()).putAllLabels(content.labels);
      removedLabels.forEach(changed::removeLabels);
      mask.addPaths("labels");
    }
    if (content.destination != null) {
      changed.setDestination(names().destination(content.destination));
      mask.addPaths("destination");
    }
    if (content.payload != null) {
      changed.setPayload(content.payloadBytes(session().world()));
      mask.addPaths("payload");
    }
    if (content.payloadType != null) {
      changed.setPayloadType(content.payloadType);
      mask.addPaths("payload_type");
    }
    if (content.displayName != null) {
      changed.setDisplayName(content.displayName);
      mask.addPaths("display_name");
    }
    if (content.catchUp.given()) {
      changed.setCatchUp(content.catchUp.applyTo(stored.getCatchUp()));
      mask.addPaths("catch_up");
    }
    return mask.build();
  }

  private ScheduleSpec newSpec(ScheduleSpec stored) {
    ScheduleSpec.Builder kept = stored.toBuilder();
    if (noStart) {
      kept.clearStartTime();
    }
    if (noEnd) {
      kept.clearEndTime();
    }
    if (noExclusions) {
      kept.clearExclusions();
    }
    if (noCalendars) {
      kept.clearCalendars().clearCalendarPolicy();
    }
    return spec.applyTo(kept.build(), names());
  }
}
