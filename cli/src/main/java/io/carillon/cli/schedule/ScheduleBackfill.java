package io.carillon.cli.schedule;

import io.carillon.cli.cluster.OperationCommand;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.v1.BackfillScheduleRequest;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "backfill",
    description = {
      "Fire every time of a schedule in a range of the past, as an operation.",
      "These fires have ids of their own (kind BACKFILL) and never collide with scheduled ones."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  carillon schedule backfill nightly --from 2026-03-01T00:00Z --to 2026-04-01T00:00Z --rate 10")
final class ScheduleBackfill extends OnSchedule {

  @Mixin private OperationCommand.Watching watching;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "TIME",
      description = "Nominal times from this one on.")
  private Instant from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "TIME",
      description = "Nominal times before this one; not in the future.")
  private Instant to;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "At most so many fires a second (default: 1000).")
  private int rate;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "Makes it safe to run the same command again (default: a new one).")
  private String requestId;

  @Override
  protected int run(CarillonClient client) throws InterruptedException {
    BackfillScheduleRequest.Builder request =
        BackfillScheduleRequest.newBuilder()
            .setName(name())
            .setStartTime(TimeText.proto(from))
            .setEndTime(TimeText.proto(to))
            .setFiresPerSecond(rate)
            .setRequestId(orEmpty(requestId));
    return watching.watch(client.schedules().backfillSchedule(request.build()), client, this);
  }
}
