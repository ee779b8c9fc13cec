package io.carillon.cli.server;

import io.carillon.cli.terminal.UsageException;
import io.carillon.common.config.Storage;
import io.carillon.master.store.sql.DatabaseConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * A PostgreSQL to use: the JDBC URL, and who to be there. Users write both the JDBC form and the
 * one that PostgreSQL's own tools take.
 *
 * @param user null if it is in the URL, or the driver's default
 * @param password null if there is none
 */
public record DatabaseTarget(String jdbcUrl, String user, String password) {

  private static final String JDBC = "jdbc:postgresql:";

  public static DatabaseTarget of(Storage storage) {
    return of(storage.databaseUrl(), storage.databaseUser(), storage.databasePassword());
  }

  public static DatabaseTarget of(String url, String user, String password) {
    if (url.startsWith(JDBC)) {
      return new DatabaseTarget(url, user, password);
    }
    if (!url.startsWith("postgres://") && !url.startsWith("postgresql://")) {
      throw wrong(url);
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw wrong(url);
    }
    if (uri.getHost() == null) {
      throw wrong(url);
    }
    String[] who =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    String jdbc =
        "jdbc:postgresql://"
            + uri.getHost()
            + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
            + (uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
            + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    return new DatabaseTarget(
        jdbc, user != null ? user : part(who, 0), password != null ? password : part(who, 1));
  }

  /** For the master's store. */
  DatabaseConfig config(Storage storage) {
    return DatabaseConfig.of(
        jdbcUrl,
        // As psql does. A user within the URL goes before.
        user != null ? user : System.getProperty("user.name"),
        password != null ? password : "",
        storage);
  }

  /** Whether a text holds a password as URLs of databases do. */
  static boolean hasPassword(String text) {
    return !masked(text).equals(text);
  }

  /** A text with passwords in it replaced, if it is the URL of a database. */
  static String masked(String text) {
    return text.contains("postgres")
        ? text.replaceAll("(?i)(password=)[^&]*", "$1…")
            .replaceAll("(://[^/?@:]*:)[^/?@]*@", "$1…@")
        : text;
  }

  private static String part(String[] who, int index) {
    return index < who.length
        ? URLDecoder.decode(who[index].replace("+", "%2B"), StandardCharsets.UTF_8)
        : null;
  }

  /** Without the URL: it may hold a password. */
  private static UsageException wrong(String url) {
    String scheme = url.contains(":") ? url.substring(0, url.indexOf(':')) : "";
    return new UsageException(
        "--database-url must look like jdbc:postgresql://host:5432/database or"
            + " postgres://user@host:5432/database"
            + (scheme.matches("[a-z]{1,20}") ? ", not " + scheme + ":…" : ""));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return masked(jdbcUrl);
  }
}
