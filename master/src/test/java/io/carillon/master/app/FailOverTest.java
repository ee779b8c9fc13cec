package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.carillon.master.TestDatabase;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.v1.Cluster;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.ListOperationsRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.OperationServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.WatchEventsRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Masters in this process on one schema, whose leader goes in every way that it can go. */
@Tag("cluster")
class FailOverTest {

  private final DatabaseConfig database = TestDatabase.config();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private MasterServer start(DatabaseConfig config) throws IOException {
    MasterServer master = MasterServer.start(MasterFixture.config(config));
    opened.add(master);
    return master;
  }

  private TcpProxy proxy() {
    TcpProxy proxy =
        new TcpProxy(Integer.parseInt(database.url().replaceFirst("^.*:(\\d+)/.*$", "$1")));
    opened.add(proxy);
    return proxy;
  }

  private ManagedChannel channel(MasterServer master) {
    ManagedChannel channel = MasterFixture.channel(master.port());
    opened.add(channel::shutdownNow);
    return channel;
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within a minute: " + what);
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** How many milliseconds until it is so. */
  private static long untilLeads(MasterServer master) {
    long begun = System.nanoTime();
    await("it leads", master::isLeading);
    return (System.nanoTime() - begun) / 1_000_000;
  }

  private static Cluster cluster(ManagedChannel channel) {
    return ClusterServiceGrpc.newBlockingStub(channel)
        .getCluster(GetClusterRequest.getDefaultInstance());
  }

  private static void create(ManagedChannel channel, String id) {
    var unused =
        ScheduleServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .createSchedule(MasterFixture.request(id, MasterFixture.cron("0 3 * * *")));
  }

  /** Until it goes through; each try that does not must be refused in words. */
  private static void createAtLast(ManagedChannel channel, String id) {
    await(
        "created " + id,
        () -> {
          try {
            create(channel, id);
            return true;
          } catch (StatusRuntimeException e) {
            assertTrue(MasterFixture.text(e).startsWith("UNAVAILABLE "), MasterFixture.text(e));
            return false;
          }
        });
  }

  private static int schedules(ManagedChannel channel) {
    return ScheduleServiceGrpc.newBlockingStub(channel)
        .listSchedules(ListSchedulesRequest.newBuilder().setParent(MasterFixture.TENANT).build())
        .getSchedulesCount();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        TestDatabase.config().url() + "&currentSchema=" + database.schema(),
        database.user(),
        database.password());
  }

  private long value(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void when_the_leader_stops_in_order_the_other_leads_within_a_moment_and_goes_on()
      throws Exception {
    MasterServer first = start(database);
    MasterServer second = start(database);
    ManagedChannel toSecond = channel(second);
    create(toSecond, "through-a-follower");
    Cluster before = cluster(toSecond);
    assertEquals("127.0.0.1:" + first.port(), before.getLeaderAddress());
    Iterator<ClusterEvent> events =
        ClusterServiceGrpc.newBlockingStub(toSecond)
            .watchEvents(WatchEventsRequest.getDefaultInstance());
    assertEquals(1, events.next().getLeaderElected().getLeaderEpoch());

    CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);
    long millis = untilLeads(second);
    assertTrue(millis < 2_500, "below the ttl, as the lock was let go: " + millis + " ms");
    closed.join();

    createAtLast(toSecond, "after");
    Cluster after = cluster(toSecond);
    assertEquals(2, after.getLeaderEpoch());
    assertEquals("127.0.0.1:" + second.port(), after.getLeaderAddress());
    assertEquals(2, schedules(toSecond));
    assertTrue(
        after.getLeaderTime().getSeconds() >= before.getLeaderTime().getSeconds(),
        "cluster time goes on");
    StatusRuntimeException ended =
        org.junit.jupiter.api.Assertions.assertThrows(
            StatusRuntimeException.class, () -> events.forEachRemaining(event -> {}));
    assertTrue(MasterFixture.text(ended).startsWith("UNAVAILABLE"), MasterFixture.text(ended));
  }

  @Test
  void a_leader_that_stops_in_order_says_nothing_of_a_bug() throws Exception {
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger("io.carillon.master.app");
    said.start();
    logger.addAppender(said);
    try {
      MasterServer first = start(database);
      MasterServer second = start(database);
      // It is deposed while it closes.
      first.close();
      await("the second leads", second::isLeading);
      second.close();
    } finally {
      logger.detachAppender(said);
    }
    List<String> errors =
        said.list.stream()
            .filter(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
            .map(ILoggingEvent::getFormattedMessage)
            .toList();
    assertEquals(List.of(), errors);
  }

  @Test
  void a_leader_whose_link_to_postgresql_stands_still_steps_down_and_comes_back_as_a_follower()
      throws Exception {
    TcpProxy proxy = proxy();
    MasterServer first = start(MasterServerTest.at(database, proxy.port()));
    MasterServer second = start(database);
    ManagedChannel toFirst = channel(first);
    create(toFirst, "before");

    proxy.stall();
    long begun = System.nanoTime();
    await("the first steps down", () -> !first.isLeading());
    long down = (System.nanoTime() - begun) / 1_000_000;
    assertTrue(down < 2_900, "before its lease ends: " + down + " ms");
    await("the second leads", second::isLeading);
    long up = (System.nanoTime() - begun) / 1_000_000;
    assertTrue(up < 8_000, "soon after the ttl: " + up + " ms");
    ManagedChannel toSecond = channel(second);
    createAtLast(toSecond, "during");
    // The first cannot reach the store, and must not say that all is well.
    assertFalse(first.isLeading());

    proxy.flow();
    createAtLast(toFirst, "after");
    assertTrue(second.isLeading());
    assertFalse(first.isLeading());
    assertEquals(3, schedules(toFirst));
    assertEquals(2, cluster(toFirst).getLeaderEpoch());
  }

  @Test
  void a_follower_whose_link_to_postgresql_stands_still_disturbs_nobody() throws Exception {
    TcpProxy proxy = proxy();
    MasterServer first = start(database);
    MasterServer second = start(MasterServerTest.at(database, proxy.port()));
    proxy.stall();
    long renewals = value("select renewals from leader_heartbeat");
    await(
        "two ttls have passed",
        () -> {
          try {
            return value("select renewals from leader_heartbeat") > renewals + 12;
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
    proxy.flow();
    ManagedChannel toSecond = channel(second);
    createAtLast(toSecond, "after");
    assertTrue(first.isLeading());
    assertEquals(1, cluster(toSecond).getLeaderEpoch());
  }

  @Test
  void a_leader_whose_lock_session_is_ended_leaves_one_leader() throws Exception {
    MasterServer first = start(database);
    MasterServer second = start(database);
    String holder =
        "select count(pg_terminate_backend(l.pid)) from pg_locks l join pg_stat_activity a on"
            + " a.pid = l.pid where l.locktype = 'advisory' and l.granted and a.application_name"
            + " = 'carillon-leader' and l.database = (select oid from pg_database where datname ="
            + " current_database())";
    assertTrue(value(holder) >= 1);
    await("the one that waited leads", second::isLeading);
    await("the other does not", () -> !first.isLeading());
    ManagedChannel toFirst = channel(first);
    createAtLast(toFirst, "after");
    assertEquals(2, cluster(toFirst).getLeaderEpoch());
    // It does not come back: the lock of the new epoch is the new leader's.
    long renewals = value("select renewals from leader_heartbeat");
    await(
        "the lead stays",
        () -> {
          try {
            return value("select renewals from leader_heartbeat") > renewals + 8;
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
    assertEquals(2, value("select epoch from leader_epoch"));
    assertTrue(second.isLeading());
  }

  @Test
  void a_transaction_that_stands_still_with_the_fence_holds_a_takeover_up_for_two_seconds()
      throws Exception {
    MasterServer first = start(database);
    MasterServer second = start(database);
    try (Connection stuck = connect()) {
      // As a leader does that is stopped between two statements.
      stuck.setAutoCommit(false);
      try (Statement statement = stuck.createStatement()) {
        statement.execute("set idle_in_transaction_session_timeout = '2s'");
        statement.execute("select 1 from leader_epoch where epoch = 1 for share");
      }
      CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);
      long millis = untilLeads(second);
      closed.join();
      assertTrue(millis > 500, "the fence was waited for: " + millis + " ms");
      assertTrue(millis < 6_000, "not for ever: " + millis + " ms");
    }
  }

  @Test
  void a_master_that_leads_for_the_third_time_leaves_nothing_behind_of_the_times_before()
      throws Exception {
    MasterServer first = start(database);
    MasterServer second = start(database);
    create(channel(first), "before");
    TreeMap<String, Integer> once = new TreeMap<>();
    await(
        "the rehearsal of the follower is over, or to come",
        () -> {
          once.clear();
          once.putAll(threads());
          // One for the leadership, and one for what each of the two answers as a follower.
          return once.get("carillon-delivery") == 1 && once.get("carillon-tail") == 3;
        });
    // Each has a core of its own. On a slow machine a master may lead twice in turn, as the other
    // was not ready to take over.
    Set<LeaderLoop> ofFirst = new HashSet<>(Set.of(first.leading()));
    Set<LeaderLoop> all = new HashSet<>(ofFirst);
    while (ofFirst.size() < 3) {
      await("one leads", () -> (first.leading() == null) != (second.leading() == null));
      (second.leading() == null ? first : second).resign("a test");
      await(
          "another leadership began",
          () -> {
            boolean began = false;
            for (MasterServer master : List.of(first, second)) {
              LeaderLoop loop = master.leading();
              if (loop != null && all.add(loop)) {
                began = true;
                ofFirst.addAll(master == first ? List.of(loop) : List.of());
              }
            }
            return began;
          });
    }
    await("one leads", () -> first.isLeading() != second.isLeading());
    assertTrue(value("select epoch from leader_epoch") >= all.size());
    createAtLast(channel(second), "after");
    await("the threads are those of one leader: " + once, () -> once.equals(threads()));
    assertTrue(
        once.get("carillon-core") == 1 && once.get("carillon-delivery") == 1, once::toString);
  }

  /** Threads that every leadership has, by name. */
  private static TreeMap<String, Integer> threads() {
    TreeMap<String, Integer> names = new TreeMap<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      String name = thread.getName();
      if (name.matches("carillon-(core|delivery|schedule-lane|calendars|upkeep|tail)")) {
        names.merge(name, 1, Integer::sum);
      }
    }
    return names;
  }

  @Test
  void what_cannot_be_loaded_does_not_end_the_process_and_is_tried_again() throws Exception {
    MasterServer first = start(database);
    create(channel(first), "before");
    first.close();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("update revision set spec = 'nonsense=' || spec");
    }
    MasterServer second = start(database);
    assertFalse(second.isLeading());
    assertFalse(second.termination().isDone());
    assertEquals(
        0,
        OperationServiceGrpc.newBlockingStub(channel(second))
            .listOperations(
                ListOperationsRequest.newBuilder().setParent(MasterFixture.TENANT).build())
            .getOperationsCount(),
        "reads are served");
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("update revision set spec = substr(spec, 10)");
    }
    await("it leads when it can", second::isLeading);
    createAtLast(channel(second), "after");
  }
}
