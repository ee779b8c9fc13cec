package io.carillon.cli.fire;

import io.carillon.cli.schedule.SchedulePreview;
import io.carillon.cli.schedule.SpecView;
import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Moment;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.v1.ExplainFireRequest;
import io.carillon.v1.ExplainFireResponse;
import io.carillon.v1.GetScheduleRequest;
import java.time.Instant;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "explain",
    description = "Say why a schedule fired at a time, or why it did not.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon fire explain nightly 2026-03-29T01:00:00Z",
      "  carillon fire explain nightly 2026-03-29T02:30",
      "  carillon fire explain nightly 42-1774746000000000-s"
    })
final class FireExplain extends ClientCommand {

  private static final List<Output.Column<ExplainFireResponse>> COLUMNS =
      List.of(
          new Output.Column<>("Verdict", e -> e.getVerdict().name()),
          new Output.Column<>("Summary", ExplainFireResponse::getSummary),
          new Output.Column<>("Local time", ExplainFireResponse::getLocalTime),
          new Output.Column<>("Due", e -> e.hasDueTime() ? TimeText.show(e.getDueTime()) : ""),
          new Output.Column<>("Notes", e -> SchedulePreview.notes(e.getNotesList())),
          new Output.Column<>("Rule", FireExplain::rule),
          new Output.Column<>(
              "Recorded", e -> e.hasFire() ? TimeText.show(e.getFire().getRecordTime()) : ""),
          new Output.Column<>("Fire", e -> e.getFire().getName()),
          new Output.Column<>(
              "Time before", e -> e.hasPreviousTime() ? TimeText.show(e.getPreviousTime()) : ""),
          new Output.Column<>(
              "Time after", e -> e.hasNextTime() ? TimeText.show(e.getNextTime()) : ""),
          new Output.Column<>("Version", e -> e.getVersion() > 0 ? "" + e.getVersion() : ""),
          new Output.Column<>("Zone rules", ExplainFireResponse::getTzdbVersion));

  @Parameters(
      index = "0",
      paramLabel = "SCHEDULE|FIRE",
      description = "Id of the schedule, or the full name of a fire.")
  private String first;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TIME|FIRE_ID",
      description =
          "With a schedule: a time such as 2026-03-29T01:00:00Z, or 2026-03-29T02:30 on its zone; or the id of a fire.")
  private String second;

  @Override
  protected int run(CarillonClient client) {
    ExplainFireRequest.Builder request = ExplainFireRequest.newBuilder();
    if (second == null) {
      if (!first.contains("/fires/")) {
        throw wrongUsage("give the full name of a fire, or a schedule and a time or fire id");
      }
      request.setFire(first);
    } else if (second.matches("[0-9]+-[0-9]+-[a-z].*")) {
      request.setFire(names().schedule(first) + "/fires/" + second);
    } else {
      request.setSchedule(names().schedule(first)).setNominalTime(TimeText.proto(time(client)));
    }
    output().one(client.fires().explainFire(request.build()), COLUMNS);
    return ExitCode.OK;
  }

  private Instant time(CarillonClient client) {
    Moment given;
    try {
      given = Moment.parse(second);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e.getMessage() + ", or give a fire id such as 42-1774746000000000-s");
    }
    if (given.local() == null) {
      return given.instant();
    }
    String zone =
        client
            .schedules()
            .getSchedule(GetScheduleRequest.newBuilder().setName(names().schedule(first)).build())
            .getSpec()
            .getTimeZone();
    ZoneRules rules = ScheduleSpec.zone(zone.isEmpty() ? "UTC" : zone).getRules();
    ZoneOffsetTransition change = rules.getTransition(given.local());
    if (change == null) {
      return given.local().toInstant(rules.getOffset(given.local()));
    }
    if (change.isGap()) {
      say(
          given.local()
              + " does not exist in "
              + zone
              + ": this is the first instant after the gap");
      return change.getInstant();
    }
    Instant last = given.local().toInstant(change.getOffsetAfter());
    say(given.local() + " comes twice in " + zone + ": this is the first, the other is " + last);
    return given.local().toInstant(change.getOffsetBefore());
  }

  private static String rule(ExplainFireResponse answer) {
    if (!answer.hasSpec()) {
      return "";
    }
    return answer.getSpec().hasUnion()
            && answer.getRuleIndex() < answer.getSpec().getUnion().getRulesCount()
        ? SpecView.rule(answer.getSpec().getUnion().getRules(answer.getRuleIndex()))
        : SpecView.rule(answer.getSpec());
  }
}
