package io.carillon.cli.fire;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.Printable;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.client.CarillonException;
import io.carillon.client.Delivery;
import io.carillon.client.FireHandler;
import io.carillon.client.Subscription;
import io.carillon.client.SubscriptionOptions;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.GetDestinationRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "subscribe",
    description = "Receive and acknowledge the fires of a destination, until Ctrl-C.")
public final class SubscribeCommand extends ClientCommand {

  @Parameters(
      arity = "0..1",
      paramLabel = "DESTINATION",
      defaultValue = "default",
      description = "Id of the destination, or its full name (default: ${DEFAULT-VALUE}).")
  private String destination;

  @Option(names = "--max", paramLabel = "N", defaultValue = "0", description = "End after so many.")
  private long max;

  @Option(
      names = "--no-ack",
      description =
          "Settle nothing: no more than --window fires come, and they come again to others.")
  private boolean noAck;

  @Option(
      names = "--nack",
      paramLabel = "DELAY",
      description = "Refuse every fire: each comes again after this long.")
  private Duration nack;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "With --nack: why; shown by `destination parked`.")
  private String reason;

  @Option(
      names = "--window",
      paramLabel = "N",
      defaultValue = "1000",
      description = "At most so many unsettled at a time (default: ${DEFAULT-VALUE}).")
  private int window;

  private long received;

  @Override
  protected int run(CarillonClient client) throws Exception {
    check();
    String name = names().destination(destination);
    // A wrong name or an unreachable master is an error now; later outages are waited for.
    var unused =
        client
            .destinations()
            .getDestination(GetDestinationRequest.newBuilder().setName(name).build());
    Output output = output();
    CompletableFuture<Void> enough = new CompletableFuture<>();
    FireHandler handler =
        delivery -> {
          if (enough.isDone()) {
            return;
          }
          output.line(delivery.fire(), SubscribeCommand::line);
          settle(delivery);
          if (max > 0 && ++received >= max) {
            enough.complete(null);
          }
        };
    Subscription subscription = client.subscribe(name, handler, options(name));
    Thread onInterrupt = new Thread(subscription::close, "unsubscribe");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      awaitEither(enough, subscription.whenEnded());
    } catch (ExecutionException e) {
      throw CarillonException.of(e.getCause());
    } finally {
      subscription.close();
      removeHook(onInterrupt);
    }
    return ExitCode.OK;
  }

  private static void awaitEither(CompletableFuture<Void> one, CompletableFuture<Void> other)
      throws InterruptedException, ExecutionException {
    var unused = CompletableFuture.anyOf(one, other).get();
  }

  private void check() {
    if (noAck && nack != null) {
      throw wrongUsage("give only one of --no-ack and --nack");
    }
    if (reason != null && nack == null) {
      throw wrongUsage("give --reason only with --nack");
    }
    if (window < 1 || window > SubscriptionOptions.MAX_WINDOW) {
      throw wrongUsage("--window is from 1 to " + SubscriptionOptions.MAX_WINDOW);
    }
    if (nack != null && (nack.isNegative() || nack.compareTo(Duration.ofHours(24)) > 0)) {
      throw wrongUsage("--nack is from 0s to 24h");
    }
  }

  private SubscriptionOptions options(String name) {
    return SubscriptionOptions.defaults()
        .withWindow(window)
        .withSubscriber("carillon subscribe, pid " + ProcessHandle.current().pid())
        .withOnConnect(() -> say("subscribed to " + name))
        .withOnDisconnect(
            (reason, retryIn) ->
                say("connection lost (" + reason.getMessage() + "); trying again"));
  }

  private void settle(Delivery delivery) {
    if (nack != null) {
      delivery.nack(nack, reason == null ? "" : reason);
    } else if (!noAck) {
      delivery.ack();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, by Ctrl-C: the hook is what brought us here.
      return;
    }
  }

  private static String line(DeliveredFire fire) {
    return String.join(
        "  ",
        TimeText.show(fire.getNominalTime()),
        Printable.pad(TimeText.millisBetween(fire.getNominalTime(), fire.getRecordTime()), 9),
        Names.id(fire.getSchedule()),
        "attempt "
            + fire.getAttempt()
            + (fire.getManual() ? " (manual)" : "")
            + (fire.getBackfill() > 0 ? " (backfill " + fire.getBackfill() + ")" : ""));
  }
}
