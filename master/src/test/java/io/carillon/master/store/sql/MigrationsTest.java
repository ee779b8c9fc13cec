package io.carillon.master.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class MigrationsTest {

  private final DatabaseConfig config = TestDatabase.config();

  @Test
  void a_schema_that_is_up_to_date_keeps_its_identity_and_its_partitions() {
    String uid = open(4);

    assertEquals(uid, open(8));
  }

  @Test
  void a_schema_of_a_version_with_other_migrations_is_refused_and_left_as_it_is()
      throws SQLException {
    String uid = open(4);
    change("update flyway_schema_history set checksum = checksum + 1 where version = '1'");

    DatabaseUnavailableException refused =
        assertThrows(DatabaseUnavailableException.class, () -> open(4));

    assertTrue(
        refused
            .getMessage()
            .endsWith(
                "schema "
                    + config.schema()
                    + " was made by a version of Carillon whose data this one does not read; start"
                    + " with an empty schema or a new data folder, or go back to the version that"
                    + " made it"),
        refused.getMessage());
    change("update flyway_schema_history set checksum = checksum - 1 where version = '1'");
    assertEquals(uid, open(4));
  }

  @Test
  void a_functions_script_that_has_changed_is_applied_to_a_schema_that_is_there()
      throws SQLException {
    String uid = open(4);
    change("drop function move_watermarks");
    change(
        "update flyway_schema_history set checksum = checksum + 1 where script = 'R__fires.sql'");

    assertEquals(uid, open(4));

    try (Database database = Database.open(config, 4)) {
      assertEquals(
          1,
          database
              .api()
              .fetchValue(
                  "select count(*)::int from pg_proc where proname = 'move_watermarks'"
                      + " and pronamespace = current_schema::regnamespace"));
    }
  }

  /** The identity of the cluster that is found there, of four partitions. */
  private String open(int partitions) {
    try (Database database = Database.open(config, partitions)) {
      assertEquals(4, database.api().fetchValue("select count(*)::int from partition_state"));
      return (String) database.api().fetchValue("select cluster_uid from cluster_identity");
    }
  }

  private void change(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                config.url() + "&currentSchema=" + config.schema(),
                config.user(),
                config.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
