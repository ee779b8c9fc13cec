package io.carillon.chaos;

/** A schedule as a client knows it. */
final class Slot {
  final String id;
  long uid = Op.NONE;
  long version;
  boolean exists;
  boolean paused;

  Slot(String id) {
    this.id = id;
  }

  String name() {
    return SpecWire.TENANT + "/schedules/" + id;
  }
}
