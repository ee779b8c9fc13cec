package io.carillon.master.rpc;

import java.util.List;
import java.util.regex.Pattern;

/** Resource names such as {@code tenants/acme/schedules/nightly}: made and taken apart. */
final class ResourceName {

  private static final Pattern ID = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** No id is longer in the store. */
  private static final int MAX_ID = 100;

  private ResourceName() {}

  static String tenant(String tenant) {
    return "tenants/" + tenant;
  }

  static String schedule(String tenant, String schedule) {
    return "tenants/" + tenant + "/schedules/" + schedule;
  }

  static String destination(String tenant, String destination) {
    return "tenants/" + tenant + "/destinations/" + destination;
  }

  static String calendar(String tenant, String calendar) {
    return "tenants/" + tenant + "/calendars/" + calendar;
  }

  static String operation(long operation) {
    return "operations/" + operation;
  }

  static String fire(String tenant, String schedule, String fire) {
    return schedule(tenant, schedule) + "/fires/" + fire;
  }

  static String node(String node) {
    return "nodes/" + node;
  }

  /** The tenant of "tenants/{tenant}". */
  static String parseTenant(String field, String name) {
    return parse(field, name, "tenants").get(0);
  }

  /**
   * The ids of a name made of these collections, in order.
   *
   * @throws ApiException that names {@code field} if it is empty or has another form
   */
  static List<String> parse(String field, String name, String... collections) {
    if (name.isEmpty()) {
      throw ApiException.required(field);
    }
    String[] parts = name.split("/", -1);
    boolean fits = parts.length == 2 * collections.length;
    String[] ids = new String[collections.length];
    for (int i = 0; fits && i < collections.length; i++) {
      ids[i] = parts[2 * i + 1];
      fits =
          parts[2 * i].equals(collections[i])
              && !ids[i].isEmpty()
              && ids[i].length() <= MAX_ID
              && ids[i].indexOf('\0') < 0;
    }
    if (!fits) {
      StringBuilder form = new StringBuilder();
      for (String collection : collections) {
        form.append(form.length() == 0 ? "" : "/").append(collection).append("/{…}");
      }
      throw ApiException.invalid(
          field, "FIELD_MALFORMED", "must have the form " + form + " but is \"" + name + '"');
    }
    return List.of(ids);
  }

  /** Checks an id that a client chooses. */
  static String checkId(String field, String id) {
    if (!ID.matcher(id).matches()) {
      throw ApiException.invalid(
          field,
          "FIELD_MALFORMED",
          "must be 1-63 of [a-z0-9-], beginning and ending with a letter or digit, but is \""
              + id
              + '"');
    }
    return id;
  }
}
