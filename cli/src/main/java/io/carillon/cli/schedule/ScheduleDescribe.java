package io.carillon.cli.schedule;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.client.CarillonClient;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "describe",
    description = "Say in words when a schedule fires, or a draft (--cron, --every, …) would.")
final class ScheduleDescribe extends ClientCommand {

  @Mixin private PreviewOptions subject;

  @Override
  protected int run(CarillonClient client) {
    PreviewScheduleRequest request = subject.request(names()).setCount(1).build();
    PreviewScheduleResponse answer = client.schedules().previewSchedule(request);
    subject.remarks(request, answer).forEach(this::say);
    output().line(answer, PreviewScheduleResponse::getDescription);
    return ExitCode.OK;
  }
}
