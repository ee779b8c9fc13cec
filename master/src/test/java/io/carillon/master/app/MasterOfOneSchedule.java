package io.carillon.master.app;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A master with one schedule, called there. */
abstract class MasterOfOneSchedule {

  static MasterFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
    fixture.create("there");
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }
}
