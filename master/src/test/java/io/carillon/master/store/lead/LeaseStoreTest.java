package io.carillon.master.store.lead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.election.ElectionSettings;
import io.carillon.master.election.Lease;
import io.carillon.master.store.lead.LeaseStore.Candidate;
import io.carillon.master.store.lead.LeaseStore.Reading;
import io.carillon.master.store.sql.StoreFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseStoreTest {

  private static final Candidate ME = new Candidate("i-me", "me", "a:1", "a:2");
  private static final Candidate OTHER = new Candidate("i-other", "other", "b:1", "b:2");

  private final StoreFixture fixture = new StoreFixture();
  private final LeaseStore store = new LeaseStore(fixture.config, ElectionSettings.defaults());

  @AfterEach
  void close() {
    store.close();
    fixture.close();
  }

  private Lease read() throws SQLException {
    return store.read().lease();
  }

  @Test
  void a_lease_that_is_taken_reads_as_it_was_taken() throws Exception {
    Lease seen = read();
    assertEquals(1, seen.epoch());
    assertTrue(store.take(seen, true, ME, 777));
    assertEquals(new Lease(2, seen.renewals() + 1, 777, "i-me", "me", "a:1", "a:2"), read());
  }

  @Test
  void a_lease_that_was_renewed_since_is_not_taken_unless_its_leader_is_known_to_be_gone()
      throws Exception {
    assertTrue(store.take(read(), true, ME, 1));
    Lease seen = read();
    assertNotNull(store.renew(2, 5));
    Lease renewed = read();
    assertEquals(seen.renewals() + 1, renewed.renewals());
    assertEquals(5, renewed.clusterTime());
    assertFalse(store.take(seen, false, OTHER, 9));
    assertEquals(renewed, read(), "nothing of it happened");
    assertTrue(store.take(seen, true, OTHER, 9));
    assertFalse(store.take(seen, true, ME, 9), "that epoch is over");
    assertEquals("other", read().leader());
    assertTrue(store.take(read(), false, ME, 10), "nothing moved since");
  }

  @Test
  void a_renewal_of_an_epoch_that_is_over_is_refused() throws Exception {
    assertTrue(store.take(read(), true, ME, 1));
    assertTrue(store.take(read(), true, OTHER, 2));
    Lease before = read();
    assertNull(store.renew(2, 100));
    assertEquals(before, read());
    assertNotNull(store.renew(3, 100));
  }

  @Test
  void of_many_that_take_the_same_epoch_one_gets_it() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 10; round++) {
        Lease seen = read();
        List<Future<Boolean>> takers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          Callable<Boolean> taker = () -> store.take(seen, seen.epoch() % 2 == 0, OTHER, 1);
          takers.add(threads.submit(taker));
        }
        int winners = 0;
        for (Future<Boolean> taker : takers) {
          winners += taker.get(20, TimeUnit.SECONDS) ? 1 : 0;
        }
        assertEquals(1, winners);
        assertEquals(seen.epoch() + 1, read().epoch());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void a_takeover_waits_for_a_fenced_write_but_not_for_long_and_leaves_no_trace_if_in_vain()
      throws Exception {
    Lease seen = read();
    try (Connection writer = fixture.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("select 1 from leader_epoch where epoch = 1 for share");
      long begun = System.nanoTime();
      assertThrows(SQLException.class, () -> store.take(seen, true, ME, 1));
      long millis = (System.nanoTime() - begun) / 1_000_000;
      assertTrue(millis < 3_000, millis + " ms");
      assertEquals(seen, read());
      CompletableFuture<Boolean> take =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return store.take(seen, true, ME, 1);
                } catch (SQLException e) {
                  return false;
                }
              });
      writer.commit();
      if (!take.get(20, TimeUnit.SECONDS)) {
        assertTrue(store.take(seen, true, ME, 1));
      }
    }
    assertEquals(2, read().epoch());
    // Fenced off.
    assertFalse(fixture.cluster.leads(1));
  }

  @Test
  void renewals_do_not_wait_for_those_who_hold_the_fence() throws Exception {
    assertTrue(store.take(read(), true, ME, 1));
    try (Connection writer = fixture.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("select 1 from leader_epoch where epoch = 2 for share");
      assertNotNull(store.renew(2, 2));
      writer.rollback();
    }
  }

  @Test
  void the_clock_of_postgresql_comes_with_each_answer_and_a_taken_lead_is_on_disk()
      throws Exception {
    long before = System.currentTimeMillis() * 1_000;
    Reading reading = store.read();
    assertTrue(store.take(reading.lease(), true, ME, 1));
    Long renewed = store.renew(2, 1);
    long after = System.currentTimeMillis() * 1_000 + 1_000;
    // PostgreSQL runs on this machine.
    assertTrue(reading.databaseTime() >= before && renewed <= after, reading + " " + renewed);
    assertTrue(renewed > reading.databaseTime());
  }

  @Test
  void a_connection_that_was_ended_is_replaced_at_the_next_call() throws Exception {
    Lease lease = read();
    fixture
        .database
        .api()
        .fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name ="
                + " 'carillon-lease'");
    StoreFixture.await(
        "it is gone",
        () ->
            fixture.value(
                    "select count(*) from pg_stat_activity where application_name = 'carillon-lease'")
                == 0);
    assertThrows(SQLException.class, this::read);
    assertEquals(lease, read());
  }
}
