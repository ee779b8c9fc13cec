package io.carillon.cli.terminal;

import io.carillon.client.CarillonClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that talks to a master. */
public abstract class ClientCommand implements Callable<Integer>, Session.Taker {

  @Spec private CommandSpec spec;
  private Session session;

  /** Does the work; the answer is the exit code. */
  protected abstract int run(CarillonClient client) throws Exception;

  @Override
  public Integer call() throws Exception {
    CarillonClient.Builder builder =
        CarillonClient.builder().ownPoller().deadline(session.options().timeout());
    try {
      builder.addresses(session.options().servers());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--server: " + e.getMessage());
    }
    try (CarillonClient client = builder.build()) {
      return run(client);
    }
  }

  @Override
  public final void take(Session given) {
    session = given;
  }

  public Session session() {
    return session;
  }

  protected Names names() {
    return session.options().names();
  }

  public Output output() {
    return new Output(session.world().out(), session.options().format());
  }

  /** Talk: what the user may want to know, apart from the result. */
  public void say(String line) {
    session.world().err().println(Printable.line(line));
    session.world().err().flush();
  }

  protected ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
