package io.carillon.cli;

import io.carillon.client.CarillonClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that talks to a master. */
abstract class ClientCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  /** Does the work; the answer is the exit code. */
  abstract int run(CarillonClient client) throws Exception;

  @Override
  public Integer call() throws Exception {
    CarillonClient.Builder builder =
        CarillonClient.builder().deadline(carillon().options().timeout());
    try {
      builder.addresses(carillon().options().servers());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--server: " + e.getMessage());
    }
    try (CarillonClient client = builder.build()) {
      return run(client);
    }
  }

  Carillon carillon() {
    return Carillon.of(spec);
  }

  Names names() {
    return carillon().options().names();
  }

  Output output() {
    return new Output(carillon().world().out(), carillon().options().format());
  }

  /** Talk: what the user may want to know, apart from the result. */
  void say(String line) {
    carillon().world().err().println(Printable.line(line));
    carillon().world().err().flush();
  }

  ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
