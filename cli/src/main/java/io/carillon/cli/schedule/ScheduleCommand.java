package io.carillon.cli.schedule;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.GroupCommand;
import io.carillon.cli.terminal.LimitOption;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.DeleteScheduleResponse;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.ListSchedulesResponse;
import io.carillon.v1.Schedule;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.TriggerScheduleResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "schedule", description = "Create, read and change schedules.")
public final class ScheduleCommand extends GroupCommand {
  @Override
  protected List<Class<?>> verbs() {
    return List.of(
        ScheduleCreate.class,
        ScheduleCommand.Get.class,
        ScheduleCommand.ListAll.class,
        ScheduleUpdate.class,
        ScheduleCommand.Delete.class,
        SchedulePause.class,
        ScheduleResume.class,
        ScheduleCommand.Trigger.class,
        ScheduleBackfill.class,
        SchedulePreview.class,
        ScheduleDescribe.class,
        ScheduleImport.class);
  }

  @Command(name = "get", description = "Show one schedule.")
  static final class Get extends OnSchedule {
    @Override
    protected int run(CarillonClient client) {
      output()
          .one(
              client
                  .schedules()
                  .getSchedule(GetScheduleRequest.newBuilder().setName(name()).build()),
              ScheduleView.DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(name = "list", description = "List schedules, ordered by id.")
  static final class ListAll extends ClientCommand {
    @Option(
        names = "--label",
        paramLabel = "KEY=VALUE",
        description = "Only those with this label; may be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
        names = "--state",
        split = ",",
        paramLabel = "STATE",
        description = "Only active, paused or completed ones.")
    private List<String> states = new ArrayList<>();

    @Mixin private LimitOption limit;

    @Override
    protected int run(CarillonClient client) {
      ListSchedulesRequest.Builder request =
          ListSchedulesRequest.newBuilder()
              .setParent(names().parent())
              .setPageSize(limit.pageSize())
              .putAllLabels(labels);
      for (String state : states) {
        request.addStates(state(state));
      }
      output()
          .list(
              limit.pages(
                  token -> client.schedules().listSchedules(request.setPageToken(token).build()),
                  ListSchedulesResponse::getSchedulesList,
                  ListSchedulesResponse::getNextPageToken),
              ScheduleView.LIST);
      return ExitCode.OK;
    }

    private Schedule.State state(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "active" -> Schedule.State.ACTIVE;
        case "paused" -> Schedule.State.PAUSED;
        case "completed" -> Schedule.State.COMPLETED;
        default -> throw wrongUsage("--state is active, paused or completed, not \"" + text + "\"");
      };
    }
  }

  @Command(name = "delete", description = "Delete a schedule. Its fires stay in the ledger.")
  static final class Delete extends OnSchedule {
    @Option(names = "--etag", description = "Only if it was not changed since this etag.")
    private String etag;

    @Override
    protected int run(CarillonClient client) {
      DeleteScheduleResponse deleted =
          client
              .schedules()
              .deleteSchedule(
                  DeleteScheduleRequest.newBuilder()
                      .setName(name())
                      .setEtag(orEmpty(etag))
                      .build());
      say(
          "deleted "
              + name()
              + ": nothing fires after "
              + TimeText.show(deleted.getEffectiveTime()));
      return ExitCode.OK;
    }
  }

  @Command(name = "trigger", description = "Fire once now, beside the schedule's own times.")
  static final class Trigger extends OnSchedule {
    private static final List<Output.Column<TriggerScheduleResponse>> COLUMNS =
        List.of(
            new Output.Column<>("Fire", TriggerScheduleResponse::getFire),
            new Output.Column<>("Nominal time", t -> TimeText.show(t.getNominalTime())));

    @Override
    protected int run(CarillonClient client) {
      output()
          .one(
              client
                  .schedules()
                  .triggerSchedule(TriggerScheduleRequest.newBuilder().setName(name()).build()),
              COLUMNS);
      return ExitCode.OK;
    }
  }
}
