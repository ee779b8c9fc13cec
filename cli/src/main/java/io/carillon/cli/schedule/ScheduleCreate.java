package io.carillon.cli.schedule;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.client.CarillonClient;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Schedule;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description = "Create a schedule.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon schedule create nightly --cron '0 3 * * *' --zone Europe/Berlin --payload @report.json",
      "  carillon schedule create heartbeat --every 5s",
      "  carillon schedule create reminder --after 10m --payload 'tea is ready'",
      "  carillon schedule create payroll --cron '0 0 9 L * ?' --zone Europe/Berlin --calendar holidays --on-day-off previous",
      "  carillon schedule create review --rrule 'FREQ=MONTHLY;BYDAY=-1FR' --dtstart 2026-01-30T15:00 --zone Europe/Berlin"
    })
final class ScheduleCreate extends ClientCommand {

  @Parameters(
      arity = "0..1",
      paramLabel = "SCHEDULE",
      description = "Its id: 1-63 of [a-z0-9-]; made up if left out.")
  private String id;

  @Mixin private SpecOptions spec;
  @Mixin private ContentOptions content;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "Makes it safe to run the same command again (default: a new one).")
  private String requestId;

  @Option(names = "--validate-only", description = "Check, and store nothing.")
  private boolean validateOnly;

  @Override
  protected int run(CarillonClient client) throws IOException {
    Schedule.Builder schedule =
        Schedule.newBuilder().setSpec(spec.spec(names())).putAllLabels(content.labels);
    if (content.destination != null) {
      schedule.setDestination(names().destination(content.destination));
    }
    if (content.payload != null) {
      schedule.setPayload(content.payloadBytes(session().world()));
    }
    if (content.payloadType != null) {
      schedule.setPayloadType(content.payloadType);
    }
    if (content.displayName != null) {
      schedule.setDisplayName(content.displayName);
    }
    if (content.catchUp.given()) {
      schedule.setCatchUp(content.catchUp.applyTo(CatchUp.getDefaultInstance()));
    }
    CreateScheduleRequest.Builder request =
        CreateScheduleRequest.newBuilder()
            .setParent(names().parent())
            .setSchedule(schedule)
            .setValidateOnly(validateOnly);
    if (id != null) {
      request.setScheduleId(shortId(id));
    }
    if (requestId != null) {
      request.setRequestId(requestId);
    }
    output().one(client.schedules().createSchedule(request.build()), ScheduleView.DETAIL);
    if (validateOnly) {
      say("valid; nothing was stored");
    }
    return ExitCode.OK;
  }

  /** A full name is accepted where its tenant is the one spoken to. */
  private String shortId(String given) {
    String prefix = names().parent() + "/schedules/";
    if (given.startsWith("tenants/") && !given.startsWith(prefix)) {
      throw wrongUsage("\"" + given + "\" is of another tenant than --tenant says");
    }
    return given.startsWith(prefix) ? given.substring(prefix.length()) : given;
  }
}
