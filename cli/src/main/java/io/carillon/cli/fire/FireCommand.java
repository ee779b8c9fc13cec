package io.carillon.cli.fire;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.GroupCommand;
import io.carillon.cli.terminal.LimitOption;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.Printable;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.client.CarillonException;
import io.carillon.v1.Fire;
import io.carillon.v1.GetFireRequest;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.ListFiresResponse;
import io.carillon.v1.TailFiresRequest;
import io.carillon.v1.TailFiresResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "fire",
    description = "Read the ledger: one row for every nominal time of every schedule.")
public final class FireCommand extends GroupCommand {
  @Override
  protected List<Class<?>> verbs() {
    return List.of(
        FireCommand.Get.class,
        FireCommand.ListAll.class,
        FireCommand.Tail.class,
        FireExplain.class);
  }

  private static final List<Output.Column<Fire>> LIST =
      List.of(
          new Output.Column<>("NOMINAL TIME", f -> TimeText.show(f.getNominalTime())),
          new Output.Column<>("SCHEDULE", f -> Names.scheduleOfFire(f.getName())),
          new Output.Column<>("DISPOSITION", FireCommand::disposition),
          new Output.Column<>("KIND", FireCommand::kind),
          new Output.Column<>("LATENESS", FireCommand::lateness),
          new Output.Column<>("SEQ", f -> "" + f.getSeq()),
          new Output.Column<>("FIRE", Fire::getFireId));

  private static final List<Output.Column<Fire>> DETAIL =
      List.of(
          new Output.Column<>("Name", Fire::getName),
          new Output.Column<>("Fire id", Fire::getFireId),
          new Output.Column<>("Kind", FireCommand::kind),
          new Output.Column<>("Nominal time", f -> TimeText.show(f.getNominalTime())),
          new Output.Column<>("Disposition", FireCommand::disposition),
          new Output.Column<>(
              "Until", f -> f.getSkippedCount() > 1 ? TimeText.show(f.getLastNominalTime()) : ""),
          new Output.Column<>("Recorded", f -> TimeText.show(f.getRecordTime())),
          new Output.Column<>("Lateness", FireCommand::lateness),
          new Output.Column<>("Seq", f -> "" + f.getSeq()),
          new Output.Column<>("Version", f -> "" + f.getVersion()),
          new Output.Column<>("Destination", Fire::getDestination),
          new Output.Column<>(
              "Partition", f -> f.getPartition() + ", epoch " + f.getPartitionEpoch()));

  private static String disposition(Fire fire) {
    String repaired = fire.getRepaired() ? " repaired" : "";
    if (fire.getDisposition() != Fire.Disposition.SKIPPED) {
      return fire.getDisposition().name() + repaired;
    }
    String times = fire.getSkippedCount() > 1 ? " x" + fire.getSkippedCount() : "";
    return "SKIPPED(" + fire.getSkipReason() + ")" + times + repaired;
  }

  private static String kind(Fire fire) {
    return fire.getKind() + (fire.getBackfill() > 0 ? " " + fire.getBackfill() : "");
  }

  private static String lateness(Fire fire) {
    return TimeText.millisBetween(fire.getNominalTime(), fire.getRecordTime());
  }

  private static String line(Fire fire) {
    return String.join(
        "  ",
        TimeText.show(fire.getNominalTime()),
        Printable.pad(lateness(fire), 9),
        Names.scheduleOfFire(fire.getName()),
        disposition(fire));
  }

  /** Of one schedule, or of all of the tenant. */
  abstract static class OfSchedule extends ClientCommand {
    @Parameters(
        arity = "0..1",
        paramLabel = "SCHEDULE",
        description = "Id of the schedule, or its full name (default: all of the tenant).")
    private String schedule;

    String parent() {
      return names().schedule(schedule == null ? "-" : schedule);
    }
  }

  @Command(name = "get", description = "Show one fire.")
  static final class Get extends ClientCommand {
    @Parameters(
        index = "0",
        paramLabel = "SCHEDULE|FIRE",
        description = "Full name of the fire, or id of its schedule.")
    private String first;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "FIRE_ID",
        description = "With the id of a schedule: the fire's id.")
    private String fire;

    @Override
    protected int run(CarillonClient client) {
      if (fire == null && !first.contains("/fires/")) {
        throw wrongUsage("give the full name of a fire, or a schedule and the id of its fire");
      }
      String name = fire == null ? first : names().schedule(first) + "/fires/" + fire;
      output()
          .one(client.fires().getFire(GetFireRequest.newBuilder().setName(name).build()), DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(name = "list", description = "List fires, ordered by nominal time.")
  static final class ListAll extends OfSchedule {
    @Option(
        names = "--since",
        paramLabel = "TIME",
        description =
            "Nominal times from this one on (default: all of a schedule, the last hour of a tenant).")
    private Instant since;

    @Option(names = "--until", paramLabel = "TIME", description = "Nominal times before this one.")
    private Instant until;

    @Mixin private LimitOption limit;

    @Override
    protected int run(CarillonClient client) {
      ListFiresRequest.Builder request =
          ListFiresRequest.newBuilder().setParent(parent()).setPageSize(limit.pageSize());
      if (since != null) {
        request.setStartTime(TimeText.proto(since));
      }
      if (until != null) {
        request.setEndTime(TimeText.proto(until));
      }
      output()
          .list(
              limit.pages(
                  token -> client.fires().listFires(request.setPageToken(token).build()),
                  ListFiresResponse::getFiresList,
                  ListFiresResponse::getNextPageToken),
              LIST);
      return ExitCode.OK;
    }
  }

  @Command(name = "tail", description = "Show fires as they are recorded, until Ctrl-C.")
  static final class Tail extends OfSchedule {
    @Option(
        names = "--after-seq",
        paramLabel = "SEQ",
        description = "Those with a seq above this one (default: from now on).")
    private Long afterSeq;

    @Option(
        names = "--max",
        paramLabel = "N",
        defaultValue = "0",
        description = "End after so many.")
    private long max;

    private long shown;

    @Override
    protected int run(CarillonClient client) throws InterruptedException {
      Output output = output();
      boolean connected = false;
      while (true) {
        try {
          TailFiresRequest.Builder request = TailFiresRequest.newBuilder().setParent(parent());
          if (afterSeq != null) {
            request.setAfterSeq(afterSeq);
          }
          Iterator<TailFiresResponse> answers = client.fires().tailFires(request.build());
          while (answers.hasNext()) {
            connected = true;
            if (show(answers.next(), output)) {
              return ExitCode.OK;
            }
          }
        } catch (StatusRuntimeException e) {
          // Once it has worked, an outage is waited for: nothing is lost, the position is known.
          if (!connected || e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
            throw e;
          }
          say("connection lost (" + CarillonException.of(e).getMessage() + "); trying again");
        }
        Thread.sleep(500);
      }
    }

    private boolean show(TailFiresResponse answer, Output output) {
      for (Fire fire : answer.getFiresList()) {
        output.line(fire, FireCommand::line);
        afterSeq = fire.getSeq();
        if (max > 0 && ++shown >= max) {
          return true;
        }
      }
      afterSeq = answer.getPosition();
      return false;
    }
  }
}
