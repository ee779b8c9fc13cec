package io.carillon.cli.schedule;

import io.carillon.cli.cluster.OperationCommand;
import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Names;
import io.carillon.client.CarillonClient;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.ResumeSchedulesRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "resume",
    description = {
      "Let a paused schedule, or many, fire again from now on.",
      "The times that passed meanwhile are not made up for, unless --catch-up is given."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon schedule resume nightly --catch-up",
      "  carillon schedule resume --paused-by-operation operations/7"
    })
final class ScheduleResume extends ClientCommand {

  @Mixin private Selection which;
  @Mixin private OperationCommand.Watching watching;

  @Option(names = "--etag", description = "Only if it was not changed since this etag.")
  private String etag;

  @Option(
      names = "--catch-up",
      description = "Make up for the times that passed, as the schedule's catch-up says.")
  private boolean catchUp;

  @Option(
      names = "--paused-by-operation",
      paramLabel = "OPERATION",
      description = "Those that this operation paused; of the tenant only with --all.")
  private String pauseOperation;

  @Override
  protected int run(CarillonClient client) throws InterruptedException {
    which.check(pauseOperation != null);
    if (which.one()) {
      ResumeScheduleRequest.Builder request =
          ResumeScheduleRequest.newBuilder().setName(which.name(names())).setCatchUp(catchUp);
      if (etag != null) {
        request.setEtag(etag);
      }
      output().one(client.schedules().resumeSchedule(request.build()), ScheduleView.DETAIL);
      return ExitCode.OK;
    }
    if (etag != null) {
      throw wrongUsage("--etag goes with one schedule only");
    }
    ResumeSchedulesRequest.Builder request =
        ResumeSchedulesRequest.newBuilder()
            .setParent(which.parent(names()))
            .putAllLabels(which.labels())
            .setCatchUp(catchUp);
    if (pauseOperation != null) {
      request.setPauseOperation(Names.operation(pauseOperation));
      if (!which.many()) {
        // All that it paused, wherever that is.
        request.setParent(Names.ALL_TENANTS);
      }
    }
    return watching.watch(client.schedules().resumeSchedules(request.build()), client, this);
  }
}
