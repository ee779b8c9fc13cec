package io.carillon.master.api.call;

import io.carillon.common.text.OneLine;
import java.util.List;
import java.util.regex.Pattern;

/** Resource names such as {@code tenants/acme/schedules/nightly}: made and taken apart. */
public final class ResourceName {

  private static final Pattern ID = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** No id is longer in the store. */
  private static final int MAX_ID = 100;

  /** No name of the deepest form is longer. */
  public static final int MAX_NAME = 1_000;

  private ResourceName() {}

  public static String tenant(String tenant) {
    return "tenants/" + tenant;
  }

  public static String schedule(String tenant, String schedule) {
    return "tenants/" + tenant + "/schedules/" + schedule;
  }

  public static String destination(String tenant, String destination) {
    return "tenants/" + tenant + "/destinations/" + destination;
  }

  public static String calendar(String tenant, String calendar) {
    return "tenants/" + tenant + "/calendars/" + calendar;
  }

  public static String operation(long operation) {
    return "operations/" + operation;
  }

  public static String fire(String tenant, String schedule, String fire) {
    return schedule(tenant, schedule) + "/fires/" + fire;
  }

  public static String node(String node) {
    return "nodes/" + node;
  }

  /** The tenant of "tenants/{tenant}". */
  public static String parseTenant(String field, String name) {
    return parse(field, name, "tenants").get(0);
  }

  /**
   * The ids of a name made of these collections, in order.
   *
   * @throws ApiException that names {@code field} if it is empty or has another form
   */
  public static List<String> parse(String field, String name, String... collections) {
    if (name.isEmpty()) {
      throw ApiException.required(field);
    }
    if (name.length() > MAX_NAME) {
      throw ApiException.invalid(
          field,
          "FIELD_MALFORMED",
          "must be at most " + MAX_NAME + " characters, but has " + name.length());
    }
    String[] parts = name.split("/", -1);
    boolean fits = parts.length == 2 * collections.length;
    String[] ids = new String[collections.length];
    for (int i = 0; fits && i < collections.length; i++) {
      ids[i] = parts[2 * i + 1];
      fits = parts[2 * i].equals(collections[i]) && isId(ids[i]);
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

  /** Whether a text can be an id in the store. */
  public static boolean isId(String id) {
    return !id.isEmpty() && OneLine.fault(id, MAX_ID) == null;
  }

  /** Checks the id that a client must choose. */
  public static String newId(String field, String id) {
    if (id.isEmpty()) {
      throw ApiException.required(field);
    }
    return checkId(field, id);
  }

  /** Checks an id that a client chooses. */
  public static String checkId(String field, String id) {
    if (id.length() > MAX_ID || !ID.matcher(id).matches()) {
      throw ApiException.invalid(
          field,
          "FIELD_MALFORMED",
          "must be 1-63 of [a-z0-9-], beginning and ending with a letter or digit, but is \""
              + (id.length() > MAX_ID ? id.substring(0, MAX_ID) + "…" : id)
              + '"');
    }
    return id;
  }
}
