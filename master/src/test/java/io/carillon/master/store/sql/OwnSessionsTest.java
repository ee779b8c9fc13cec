package io.carillon.master.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

class OwnSessionsTest {

  private static final StoreFixture FIXTURE = new StoreFixture();

  @AfterAll
  static void close() {
    FIXTURE.close();
  }

  private static Properties credentials() {
    Properties properties = new Properties();
    properties.setProperty("user", FIXTURE.config.user());
    properties.setProperty("password", FIXTURE.config.password());
    return properties;
  }

  private static Connection connect() throws SQLException {
    Properties properties = credentials();
    properties.setProperty("currentSchema", FIXTURE.config.schema());
    properties.setProperty("options", "-c statement_timeout=5s");
    return DriverManager.getConnection(FIXTURE.config.url(), properties);
  }

  @Test
  void connections_to_postgresql_itself_are_sessions_of_their_own() throws Exception {
    try (Connection one = connect();
        Connection other = connect()) {
      assertNull(OwnSessions.fault(one, other, FIXTURE.config.schema()));
      assertTrue(one.getAutoCommit() && other.getAutoCommit());
    }
  }

  @Test
  void settings_that_are_not_passed_on_are_seen() throws Exception {
    try (Connection one = DriverManager.getConnection(FIXTURE.config.url(), credentials());
        Connection other = DriverManager.getConnection(FIXTURE.config.url(), credentials())) {
      String fault = OwnSessions.fault(one, other, FIXTURE.config.schema());
      assertTrue(fault.startsWith("a new session has search_path \"$user\", public"), fault);
      assertTrue(fault.contains("give them the address of PostgreSQL itself"), fault);
    }
  }

  @Test
  void a_pooler_in_transaction_mode_is_seen() throws Exception {
    try (Connection first = connect();
        Connection second = connect()) {
      ArrayDeque<Connection> free = new ArrayDeque<>(List.of(first, second));
      Connection one = pooled(free);
      Connection other = pooled(free);
      String fault = OwnSessions.fault(one, other, FIXTURE.config.schema());
      assertTrue(fault.contains("gone in its next transaction"), fault);
      assertTrue(fault.contains("give them the address of PostgreSQL itself"), fault);
      assertEquals(2, free.size(), "both have been given back");
    }
  }

  /** Has a session for each transaction only: the one that was given back last. */
  private static Connection pooled(ArrayDeque<Connection> free) {
    Connection[] held = new Connection[1];
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "setAutoCommit" -> {
                  if (!(boolean) arguments[0]) {
                    held[0] = free.pop();
                  }
                  return null;
                }
                case "rollback" -> {
                  free.push(held[0]);
                  held[0] = null;
                  return null;
                }
                default -> {
                  return method.invoke(held[0] == null ? free.peek() : held[0], arguments);
                }
              }
            });
  }

  @Test
  void a_pooler_that_refuses_settings_is_told_from_a_server_that_is_away() {
    PSQLException pooler =
        new PSQLException(
            "FATAL: unsupported startup parameter: search_path", PSQLState.PROTOCOL_VIOLATION);
    String refusal = OwnSessions.refusal(new RuntimeException("pool", pooler));
    assertTrue(refusal.contains("unsupported startup parameter: search_path"), refusal);
    assertTrue(refusal.contains("give them the address of PostgreSQL itself"), refusal);
    assertNull(
        OwnSessions.refusal(
            new PSQLException("Connection refused", PSQLState.CONNECTION_UNABLE_TO_CONNECT)));
  }
}
