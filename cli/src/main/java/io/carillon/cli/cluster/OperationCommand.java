package io.carillon.cli.cluster;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.GroupCommand;
import io.carillon.cli.terminal.LimitOption;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.v1.CancelOperationRequest;
import io.carillon.v1.GetOperationRequest;
import io.carillon.v1.ListOperationsRequest;
import io.carillon.v1.ListOperationsResponse;
import io.carillon.v1.Operation;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "operation",
    description = "Watch and cancel what takes longer than a call: backfills, pauses of many.")
public final class OperationCommand extends GroupCommand {
  @Override
  protected List<Class<?>> verbs() {
    return List.of(
        OperationCommand.ListAll.class,
        OperationCommand.Get.class,
        OperationCommand.Wait.class,
        OperationCommand.Cancel.class);
  }

  private static final List<Output.Column<Operation>> LIST =
      List.of(
          new Output.Column<>("OPERATION", o -> Names.id(o.getName())),
          new Output.Column<>("KIND", o -> o.getKind().name()),
          new Output.Column<>("STATE", o -> o.getState().name()),
          new Output.Column<>("DONE", OperationWatch::progress),
          new Output.Column<>("SUBJECT", Operation::getSubject),
          new Output.Column<>("BEGUN", o -> TimeText.show(o.getCreateTime())),
          new Output.Column<>("DESCRIPTION", Operation::getDescription));

  static final List<Output.Column<Operation>> DETAIL =
      List.of(
          new Output.Column<>("Name", Operation::getName),
          new Output.Column<>("Description", Operation::getDescription),
          new Output.Column<>("Kind", o -> o.getKind().name()),
          new Output.Column<>("State", o -> o.getState().name()),
          new Output.Column<>("Error", Operation::getError),
          new Output.Column<>("Subject", Operation::getSubject),
          new Output.Column<>("Done", OperationWatch::progress),
          new Output.Column<>(
              "Position", o -> o.hasPositionTime() ? TimeText.show(o.getPositionTime()) : ""),
          new Output.Column<>("Backfill", o -> o.getBackfill() > 0 ? "" + o.getBackfill() : ""),
          new Output.Column<>(
              "Begun", o -> o.hasCreateTime() ? TimeText.show(o.getCreateTime()) : ""),
          new Output.Column<>(
              "Moved", o -> o.hasUpdateTime() ? TimeText.show(o.getUpdateTime()) : ""),
          new Output.Column<>("Ended", o -> o.hasEndTime() ? TimeText.show(o.getEndTime()) : ""));

  /** A command that begins an operation, and watches it unless told otherwise. */
  public static final class Watching {
    @Option(
        names = "--no-wait",
        description = "Do not wait for the end; `carillon operation` watches and cancels it.")
    private boolean noWait;

    public int watch(Operation begun, CarillonClient client, ClientCommand command)
        throws InterruptedException {
      if (noWait) {
        command.output().one(begun, DETAIL);
        return ExitCode.OK;
      }
      return follow(begun, null, client, command);
    }
  }

  private static int follow(
      Operation begun, Duration atMost, CarillonClient client, ClientCommand command)
      throws InterruptedException {
    Operation ended =
        new OperationWatch(
                client,
                command.session().world(),
                command.session().options().timeout(),
                command::say)
            .follow(begun, atMost);
    command.output().one(ended, DETAIL);
    return switch (ended.getState()) {
      case SUCCEEDED -> ExitCode.OK;
      case RUNNING -> {
        command.say(ended.getName() + " is still running");
        yield ExitCode.UNAVAILABLE;
      }
      case FAILED -> {
        command.say(ended.getName() + " failed: " + ended.getError());
        yield ExitCode.OTHER;
      }
      case CANCELLED -> {
        command.say(ended.getName() + " was cancelled; what it had done stays");
        yield ExitCode.OTHER;
      }
      case STATE_UNSPECIFIED, UNRECOGNIZED -> ExitCode.OTHER;
    };
  }

  /** A verb on one operation. */
  abstract static class OnOne extends ClientCommand {
    @Parameters(paramLabel = "OPERATION", description = "Id of the operation, or its full name.")
    private String operation;

    String name() {
      return Names.operation(operation);
    }
  }

  @Command(name = "list", description = "List operations of the tenant, latest first.")
  static final class ListAll extends ClientCommand {
    @Option(names = "--all-tenants", description = "Those of all tenants.")
    private boolean allTenants;

    @Option(names = "--running", description = "Only those that are running.")
    private boolean running;

    @Mixin private LimitOption limit;

    @Override
    protected int run(CarillonClient client) {
      ListOperationsRequest.Builder request =
          ListOperationsRequest.newBuilder()
              .setParent(allTenants ? Names.ALL_TENANTS : names().parent())
              .setRunning(running)
              .setPageSize(limit.pageSize());
      output()
          .list(
              limit.pages(
                  token -> client.operations().listOperations(request.setPageToken(token).build()),
                  ListOperationsResponse::getOperationsList,
                  ListOperationsResponse::getNextPageToken),
              LIST);
      return ExitCode.OK;
    }
  }

  @Command(name = "get", description = "Show one operation.")
  static final class Get extends OnOne {
    @Override
    protected int run(CarillonClient client) {
      output()
          .one(
              client
                  .operations()
                  .getOperation(GetOperationRequest.newBuilder().setName(name()).build()),
              DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "wait",
      description = {
        "Wait until an operation has ended, and show how far it is.",
        "Exit code 0: it succeeded; 1: it failed or was cancelled; 6: it is still running."
      })
  static final class Wait extends OnOne {
    @Option(
        names = "--for",
        paramLabel = "DURATION",
        description = "Not longer than this (default: as long as it takes).")
    private Duration atMost;

    @Override
    protected int run(CarillonClient client) throws InterruptedException {
      Operation begun =
          client
              .operations()
              .getOperation(GetOperationRequest.newBuilder().setName(name()).build());
      return follow(begun, atMost, client, this);
    }
  }

  @Command(name = "cancel", description = "Stop an operation. What it has done stays.")
  static final class Cancel extends OnOne {
    @Override
    protected int run(CarillonClient client) {
      Operation cancelled =
          client
              .operations()
              .cancelOperation(CancelOperationRequest.newBuilder().setName(name()).build());
      output().one(cancelled, DETAIL);
      return ExitCode.OK;
    }
  }
}
