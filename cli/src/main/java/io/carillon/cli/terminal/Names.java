package io.carillon.cli.terminal;

/**
 * Resource names from what the user typed: short ids within the tenant, or full names as they are.
 */
public record Names(String tenant) {

  public static final String ALL_TENANTS = "tenants/-";

  public String parent() {
    return tenant.startsWith("tenants/") ? tenant : "tenants/" + tenant;
  }

  public String schedule(String id) {
    return id.startsWith("tenants/") ? id : parent() + "/schedules/" + id;
  }

  public String destination(String id) {
    return id.startsWith("tenants/") ? id : parent() + "/destinations/" + id;
  }

  public String calendar(String id) {
    return id.startsWith("tenants/") ? id : parent() + "/calendars/" + id;
  }

  public static String operation(String id) {
    return id.startsWith("operations/") ? id : "operations/" + id;
  }

  public static String node(String id) {
    return id.startsWith("nodes/") ? id : "nodes/" + id;
  }

  /** The last segment. */
  public static String id(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** The schedule of a full fire name. */
  public static String scheduleOfFire(String fire) {
    int end = fire.lastIndexOf("/fires/");
    return end < 0 ? fire : id(fire.substring(0, end));
  }
}
