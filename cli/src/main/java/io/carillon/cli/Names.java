package io.carillon.cli;

/**
 * Resource names from what the user typed: short ids within the tenant, or full names as they are.
 */
record Names(String tenant) {

  static final String ALL_TENANTS = "tenants/-";

  String parent() {
    return tenant.startsWith("tenants/") ? tenant : "tenants/" + tenant;
  }

  String schedule(String id) {
    return id.startsWith("tenants/") ? id : parent() + "/schedules/" + id;
  }

  String destination(String id) {
    return id.startsWith("tenants/") ? id : parent() + "/destinations/" + id;
  }

  String calendar(String id) {
    return id.startsWith("tenants/") ? id : parent() + "/calendars/" + id;
  }

  static String operation(String id) {
    return id.startsWith("operations/") ? id : "operations/" + id;
  }

  static String node(String id) {
    return id.startsWith("nodes/") ? id : "nodes/" + id;
  }

  /** The last segment. */
  static String id(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** The schedule of a full fire name. */
  static String scheduleOfFire(String fire) {
    int end = fire.lastIndexOf("/fires/");
    return end < 0 ? fire : id(fire.substring(0, end));
  }
}
