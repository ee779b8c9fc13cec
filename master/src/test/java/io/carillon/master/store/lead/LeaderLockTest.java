package io.carillon.master.store.lead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.config.Records;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.master.store.sql.StoreFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("cluster")
class LeaderLockTest {

  private static final StoreFixture FIXTURE = new StoreFixture();

  /** A lock, and what was heard of it. */
  private static final class Master implements LeaderLock.Listener, AutoCloseable {
    final List<String> heard = new CopyOnWriteArrayList<>();
    final LeaderLock lock;

    Master(DatabaseConfig config) {
      lock = new LeaderLock(config, this);
    }

    Master() {
      this(FIXTURE.config);
    }

    @Override
    public void lockHeld(long turn, long epoch) {
      heard.add(turn + " held " + epoch);
    }

    @Override
    public void lockBusy(long turn) {
      heard.add(turn + " busy");
    }

    @Override
    public void lockLost(long turn) {
      heard.add(turn + " lost");
    }

    void await(String event) {
      StoreFixture.await(event + " among " + heard, () -> heard.contains(event));
    }

    @Override
    public void close() {
      lock.close();
    }
  }

  @AfterAll
  static void close() {
    FIXTURE.close();
  }

  /** Ends the sessions that hold the lock of some epoch; how many. */
  private static int terminateHolders() {
    return FIXTURE
        .database
        .api()
        .fetch(
            "select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid ="
                + " l.pid where l.locktype = 'advisory' and l.granted and a.application_name ="
                + " 'carillon-leader'")
        .size();
  }

  @Test
  void whoever_waits_gets_the_lock_of_a_leader_that_has_gone() {
    try (Master first = new Master();
        Master second = new Master()) {
      assertEquals(1, first.lock.hold(100));
      first.await("1 held 100");
      second.lock.hold(100);
      second.await("1 busy");
      first.close();
      second.await("1 held 100");
      assertEquals(List.of("1 busy", "1 held 100"), second.heard);
    }
  }

  @Test
  void who_waits_for_long_makes_postgresql_log_nothing(@TempDir Path logs) throws Exception {
    try (EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setServerConfig("logging_collector", "on")
                .setServerConfig("log_directory", logs.toString())
                .setServerConfig("log_lock_waits", "on")
                .start();
        Connection look = server.getPostgresDatabase().getConnection();
        Master first = new Master(config(server));
        Master second = new Master(config(server))) {
      first.lock.hold(100);
      first.await("1 held 100");
      second.lock.hold(100);
      second.await("1 busy");
      Set<String> waits = new HashSet<>();
      StoreFixture.await(
          "it waits anew again and again", () -> waits.addAll(waiting(look)) && waits.size() > 2);
      first.close();
      second.await("1 held 100");
      try (Statement mark = look.createStatement()) {
        assertThrows(SQLException.class, () -> mark.execute("select this_is_logged"));
      }
      StoreFixture.await("the mark", () -> log(logs).contains("this_is_logged"));
      assertFalse(log(logs).contains("lock"), log(logs));
    }
  }

  private static DatabaseConfig config(EmbeddedPostgres server) {
    return DatabaseConfig.of(server.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
  }

  /** When those that wait for a lock began to. */
  private static List<String> waiting(Connection look) {
    List<String> all = new ArrayList<>();
    try (Statement statement = look.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select query_start from pg_stat_activity where wait_event_type = 'Lock'")) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static String log(Path logs) {
    try (Stream<Path> files = Files.list(logs)) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.toList()) {
        text.append(Files.readString(file));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void it_is_known_whether_anybody_waits_for_the_lock_of_an_epoch() throws Exception {
    try (Master first = new Master();
        Master second = new Master();
        Master elsewhere =
            new Master(Records.with(FIXTURE.config, "schema", "waiting_" + FIXTURE.epoch))) {
      // The keys of some are negative.
      for (long epoch = 600; epoch < 605; epoch++) {
        long held = epoch;
        long turn = first.lock.hold(held);
        first.await(turn + " held " + held);
        assertFalse(first.lock.isAwaited(held), "by nobody yet");
        second.lock.hold(held);
        StoreFixture.await("the other waits", () -> isAwaited(first, held));
        assertFalse(elsewhere.lock.isAwaited(held), "that of another schema is another");
        second.lock.drop();
        StoreFixture.await("it waits no more", () -> !isAwaited(first, held));
      }
    }
  }

  private static boolean isAwaited(Master master, long epoch) {
    try {
      return master.lock.isAwaited(epoch);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void locks_of_other_epochs_and_other_schemas_are_other_locks() {
    try (Master first = new Master();
        Master second = new Master();
        Master elsewhere =
            new Master(Records.with(FIXTURE.config, "schema", "other_" + FIXTURE.epoch))) {
      first.lock.hold(200);
      first.await("1 held 200");
      second.lock.hold(201);
      second.await("1 held 201");
      elsewhere.lock.hold(200);
      elsewhere.await("1 held 200");
    }
  }

  @Test
  void a_wish_for_another_epoch_lets_go_of_the_one_before() throws Exception {
    try (Master first = new Master();
        Master second = new Master()) {
      first.lock.hold(300);
      first.await("1 held 300");
      second.lock.hold(300);
      second.await("1 busy");
      assertFalse(second.lock.tryTake(300), "it is held");
      first.lock.hold(301);
      first.await("2 held 301");
      second.await("1 held 300");
      second.lock.drop();
      first.lock.hold(300);
      first.await("3 held 300");
    }
  }

  @Test
  void what_is_taken_is_kept_by_the_wish_for_it_and_else_given_back() throws Exception {
    try (Master first = new Master();
        Master second = new Master()) {
      assertTrue(first.lock.tryTake(400));
      assertTrue(first.lock.tryTake(400), "again, after an answer that was lost");
      assertFalse(second.lock.tryTake(400));
      first.lock.giveBack();
      StoreFixture.await("given back", () -> takes(second, 400));
      second.lock.hold(400);
      second.await("1 held 400");
      second.lock.giveBack();
      assertFalse(first.lock.tryTake(400), "the wish keeps it");
      assertEquals(List.of("1 held 400"), second.heard);
      // The same wish once more.
      second.lock.hold(400);
      second.await("2 held 400");
      assertFalse(first.lock.tryTake(400));
    }
  }

  private static boolean takes(Master master, long epoch) {
    try {
      return master.lock.tryTake(epoch);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_session_that_ends_is_noticed_and_the_lock_taken_again() {
    try (Master master = new Master()) {
      master.lock.hold(500);
      master.await("1 held 500");
      assertTrue(terminateHolders() > 0);
      StoreFixture.await("taken again", () -> master.heard.size() == 3);
      assertEquals(List.of("1 held 500", "1 lost", "1 held 500"), master.heard);
    }
  }
}
