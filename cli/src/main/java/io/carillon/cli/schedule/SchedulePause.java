package io.carillon.cli.schedule;

import io.carillon.cli.cluster.OperationCommand;
import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PauseSchedulesRequest;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "pause",
    description = {
      "Stop a schedule, or many, from firing until they are resumed or until a time.",
      "Of many, those that are active now are paused, one by one, as an operation."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon schedule pause nightly --until 2026-12-27T00:00Z --reason 'company closed'",
      "  carillon schedule pause --label team=billing --reason migration",
      "  carillon schedule pause --all-tenants --reason 'database maintenance'"
    })
final class SchedulePause extends ClientCommand {

  @Mixin private Selection which;
  @Mixin private OperationCommand.Watching watching;

  @Option(names = "--etag", description = "Only if it was not changed since this etag.")
  private String etag;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Fire again after this time (default: until it is resumed).")
  private Instant until;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; shown by `schedule get`.")
  private String reason;

  @Option(names = "--by", paramLabel = "TEXT", description = "Who (default: your login and host).")
  private String by;

  @Override
  protected int run(CarillonClient client) throws InterruptedException {
    which.check(false);
    String who = by != null ? by : session().world().caller();
    return which.one() ? pauseOne(client, who) : pauseMany(client, who);
  }

  private int pauseOne(CarillonClient client, String who) {
    PauseScheduleRequest.Builder request =
        PauseScheduleRequest.newBuilder().setName(which.name(names())).setBy(who);
    if (etag != null) {
      request.setEtag(etag);
    }
    if (reason != null) {
      request.setReason(reason);
    }
    if (until != null) {
      request.setUntilTime(TimeText.proto(until));
    }
    output().one(client.schedules().pauseSchedule(request.build()), ScheduleView.DETAIL);
    return ExitCode.OK;
  }

  private int pauseMany(CarillonClient client, String who) throws InterruptedException {
    if (etag != null) {
      throw wrongUsage("--etag goes with one schedule only");
    }
    PauseSchedulesRequest.Builder request =
        PauseSchedulesRequest.newBuilder()
            .setParent(which.parent(names()))
            .putAllLabels(which.labels())
            .setBy(who);
    if (reason != null) {
      request.setReason(reason);
    }
    if (until != null) {
      request.setUntilTime(TimeText.proto(until));
    }
    return watching.watch(client.schedules().pauseSchedules(request.build()), client, this);
  }
}
