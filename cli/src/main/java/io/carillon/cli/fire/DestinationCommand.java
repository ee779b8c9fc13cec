package io.carillon.cli.fire;

import com.google.protobuf.FieldMask;
import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.GroupCommand;
import io.carillon.cli.terminal.LimitOption;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.Pages;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.DeleteDestinationRequest;
import io.carillon.v1.Destination;
import io.carillon.v1.GetDestinationRequest;
import io.carillon.v1.ListDestinationsRequest;
import io.carillon.v1.ListDestinationsResponse;
import io.carillon.v1.ListParkedFiresRequest;
import io.carillon.v1.ListParkedFiresResponse;
import io.carillon.v1.ParkedFire;
import io.carillon.v1.UpdateDestinationRequest;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "destination",
    description = "Create, read and change destinations: where fires go.")
public final class DestinationCommand extends GroupCommand {
  @Override
  protected List<Class<?>> verbs() {
    return List.of(
        DestinationCommand.Create.class,
        DestinationCommand.Get.class,
        DestinationCommand.ListAll.class,
        DestinationCommand.Parked.class,
        DestinationCommand.Update.class,
        DestinationCommand.Delete.class);
  }

  private static final List<Output.Column<Destination>> LIST =
      List.of(
          new Output.Column<>("DESTINATION", d -> Names.id(d.getName())),
          new Output.Column<>("KIND", d -> d.getKind().name()),
          new Output.Column<>("SUBSCRIBERS", d -> "" + d.getStatus().getSubscribers()),
          new Output.Column<>("BEHIND", DestinationCommand::behind),
          new Output.Column<>("IN FLIGHT", d -> "" + d.getStatus().getInFlight()),
          new Output.Column<>("PARKED", d -> "" + d.getStatus().getParked()),
          new Output.Column<>("DEAD", d -> "" + d.getStatus().getDeadLetters()),
          new Output.Column<>("DISPLAY NAME", Destination::getDisplayName));

  private static final List<Output.Column<Destination>> DETAIL =
      List.of(
          new Output.Column<>("Name", Destination::getName),
          new Output.Column<>("Uid", Destination::getUid),
          new Output.Column<>("Display name", Destination::getDisplayName),
          new Output.Column<>("Kind", d -> d.getKind().name()),
          new Output.Column<>("Ack timeout", d -> TimeText.show(d.getAckTimeout())),
          new Output.Column<>("Max attempts", d -> "" + d.getMaxAttempts()),
          new Output.Column<>(
              "Cursor", d -> d.getStatus().getCursor() + " of " + d.getStatus().getLogEnd()),
          new Output.Column<>("Subscribers", d -> "" + d.getStatus().getSubscribers()),
          new Output.Column<>("In flight", d -> "" + d.getStatus().getInFlight()),
          new Output.Column<>("Parked", d -> "" + d.getStatus().getParked()),
          new Output.Column<>("Dead letters", d -> "" + d.getStatus().getDeadLetters()),
          new Output.Column<>("Etag", Destination::getEtag));

  private static final List<Output.Column<ParkedFire>> PARKED =
      List.of(
          new Output.Column<>("SEQ", f -> "" + f.getSeq()),
          new Output.Column<>("NOMINAL TIME", f -> TimeText.show(f.getNominalTime())),
          new Output.Column<>("SCHEDULE", f -> Names.id(f.getSchedule())),
          new Output.Column<>("ATTEMPTS", f -> "" + f.getAttempts()),
          new Output.Column<>(
              "NEXT ATTEMPT",
              f -> f.getDeadLetter() ? "dead letter" : TimeText.show(f.getNextAttemptTime())),
          new Output.Column<>("FIRE", ParkedFire::getFireId),
          new Output.Column<>("LAST ERROR", ParkedFire::getLastError));

  private static String behind(Destination destination) {
    return ""
        + Math.max(0, destination.getStatus().getLogEnd() - destination.getStatus().getCursor());
  }

  /** A verb on one destination. */
  abstract static class OnOne extends ClientCommand {
    @Parameters(
        paramLabel = "DESTINATION",
        description = "Id of the destination, or its full name.")
    private String destination;

    String name() {
      return names().destination(destination);
    }
  }

  /** What can be set. */
  static final class Settings {
    @Option(names = "--display-name", paramLabel = "TEXT", description = "A line for people.")
    private String displayName;

    @Option(
        names = "--ack-timeout",
        paramLabel = "DURATION",
        description = "A fire not acknowledged for so long is delivered again (default: 30s).")
    private Duration ackTimeout;

    @Option(
        names = "--max-attempts",
        paramLabel = "N",
        description = "After so many attempts a fire becomes a dead letter (default: 100).")
    private Integer maxAttempts;

    FieldMask applyTo(Destination.Builder destination) {
      FieldMask.Builder mask = FieldMask.newBuilder();
      if (displayName != null) {
        destination.setDisplayName(displayName);
        mask.addPaths("display_name");
      }
      if (ackTimeout != null) {
        destination.setAckTimeout(TimeText.proto(ackTimeout));
        mask.addPaths("ack_timeout");
      }
      if (maxAttempts != null) {
        destination.setMaxAttempts(maxAttempts);
        mask.addPaths("max_attempts");
      }
      return mask.build();
    }
  }

  @Command(name = "create", description = "Create a destination that consumers subscribe to.")
  static final class Create extends OnOne {
    @Mixin private Settings settings;

    @Override
    protected int run(CarillonClient client) {
      Destination.Builder destination = Destination.newBuilder().setKind(Destination.Kind.STREAM);
      var unused = settings.applyTo(destination);
      Destination created =
          client
              .destinations()
              .createDestination(
                  CreateDestinationRequest.newBuilder()
                      .setParent(names().parent())
                      .setDestinationId(Names.id(name()))
                      .setDestination(destination)
                      .build());
      output().one(created, DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(name = "get", description = "Show one destination, and how delivery stands.")
  static final class Get extends OnOne {
    @Override
    protected int run(CarillonClient client) {
      output()
          .one(
              client
                  .destinations()
                  .getDestination(GetDestinationRequest.newBuilder().setName(name()).build()),
              DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(name = "list", description = "List destinations, ordered by id.")
  static final class ListAll extends ClientCommand {
    @Override
    protected int run(CarillonClient client) {
      ListDestinationsRequest.Builder request =
          ListDestinationsRequest.newBuilder().setParent(names().parent()).setPageSize(Pages.SIZE);
      output()
          .list(
              new Pages<>(
                  token ->
                      client.destinations().listDestinations(request.setPageToken(token).build()),
                  ListDestinationsResponse::getDestinationsList,
                  ListDestinationsResponse::getNextPageToken,
                  0),
              LIST);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "parked",
      description = "List fires that were refused or not acknowledged in time, and dead letters.")
  static final class Parked extends OnOne {
    @Mixin private LimitOption limit;

    @Override
    protected int run(CarillonClient client) {
      ListParkedFiresRequest.Builder request =
          ListParkedFiresRequest.newBuilder().setParent(name()).setPageSize(limit.pageSize());
      output()
          .list(
              limit.pages(
                  token ->
                      client.destinations().listParkedFires(request.setPageToken(token).build()),
                  ListParkedFiresResponse::getParkedFiresList,
                  ListParkedFiresResponse::getNextPageToken),
              PARKED);
      return ExitCode.OK;
    }
  }

  @Command(name = "update", description = "Change what the options name, and nothing else.")
  static final class Update extends OnOne {
    @Mixin private Settings settings;

    @Option(names = "--etag", description = "Only if it was not changed since this etag.")
    private String etag;

    @Override
    protected int run(CarillonClient client) {
      Destination.Builder destination = Destination.newBuilder().setName(name());
      if (etag != null) {
        destination.setEtag(etag);
      }
      FieldMask mask = settings.applyTo(destination);
      if (mask.getPathsCount() == 0) {
        throw wrongUsage("say what to change");
      }
      Destination updated =
          client
              .destinations()
              .updateDestination(
                  UpdateDestinationRequest.newBuilder()
                      .setDestination(destination)
                      .setUpdateMask(mask)
                      .build());
      output().one(updated, DETAIL);
      return ExitCode.OK;
    }
  }

  @Command(name = "delete", description = "Delete a destination that no schedule points to.")
  static final class Delete extends OnOne {
    @Option(names = "--etag", description = "Only if it was not changed since this etag.")
    private String etag;

    @Override
    protected int run(CarillonClient client) {
      DeleteDestinationRequest.Builder request =
          DeleteDestinationRequest.newBuilder().setName(name());
      if (etag != null) {
        request.setEtag(etag);
      }
      var unused = client.destinations().deleteDestination(request.build());
      say("deleted " + name());
      return ExitCode.OK;
    }
  }
}
