package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.cli.FakeMaster.Outcome;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.v1.Schedule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** The command, and a master that answers what it is told to. */
@Timeout(30)
abstract class CommandAtFakeMaster {

  static final String NIGHTLY = "tenants/default/schedules/nightly";
  FakeMaster master;

  @BeforeEach
  void start() throws Exception {
    master = new FakeMaster();
  }

  @AfterEach
  void stop() throws Exception {
    master.close();
  }

  Schedule created(String... arguments) {
    Outcome outcome = master.run(arguments);
    assertEquals(ExitCode.OK, outcome.exit(), outcome.err());
    return master.schedules.stored.get(NIGHTLY);
  }
}
