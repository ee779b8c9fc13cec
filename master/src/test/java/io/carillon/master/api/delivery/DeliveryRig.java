package io.carillon.master.api.delivery;

import com.google.protobuf.Duration;
import io.carillon.master.SystemTime;
import io.carillon.master.TestDatabase;
import io.carillon.master.api.fire.FireRpc;
import io.carillon.master.core.CommittedBlocks;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.QueueReport;
import io.carillon.master.delivery.DeliveryHub;
import io.carillon.master.instruments.Instruments;
import io.carillon.master.store.delivery.DeliveryState;
import io.carillon.master.store.delivery.Destinations;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.sql.Database;
import io.carillon.transport.Channels;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.FireServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Delivery as a leader has it, on real PostgreSQL and a real port; commits are made by hand. */
public final class DeliveryRig implements AutoCloseable {

  /** The schedule that all fires are of: tenants/default/schedules/tick. */
  public static final long SCHEDULE = 1024;

  static final long DAY = 1_800_000_000_000_000L / 86_400_000_000L * 86_400_000_000L;
  static final int DEFAULT = 1;

  public final Database database;
  public final SystemTime clock = new SystemTime();
  final AtomicBoolean deposed = new AtomicBoolean();
  final java.util.concurrent.atomic.AtomicReference<Throwable> failed =
      new java.util.concurrent.atomic.AtomicReference<>();
  DeliveryHub hub;
  private long epoch;
  private FireRpc fires;
  private Server server;
  private ManagedChannel channel;
  long logEnd;

  public DeliveryRig() {
    database = TestDatabase.open();
    start();
    TestDatabase.makeDay(database.core(), DAY);
    addSchedule(SCHEDULE, "tick", 1, "once|nonsense", DEFAULT, DAY, "payload");
  }

  public void addSchedule(
      long num, String id, int state, String spec, int destination, long from, String payload) {
    database
        .core()
        .execute(
            "insert into schedule values (?, 'default', ?, 0, '', '{}', ?, '', 1, 1, 0, 0, 0, 0)",
            num,
            id,
            state);
    database
        .core()
        .execute(
            "insert into revision values (?, 1, 0, ?, null, null, ?, 0, ?, ?, 'text/plain')",
            num,
            from,
            spec,
            destination,
            payload.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** A master starts, with what the one before left in the database. */
  void start() {
    Destinations destinations = new Destinations(database, epoch);
    Ledger ledger = new Ledger(database);
    hub =
        new DeliveryHub(
            database,
            epoch,
            clock,
            new Instruments().delivery(),
            () -> deposed.set(true),
            failed::set);
    hub.start(logEnd);
    fires =
        new FireRpc(
            ledger,
            new Schedules(database.api()),
            new Revisions(database.api()),
            new LedgerScan(database, new io.carillon.common.schedule.SpecInterner()::intern),
            clock);
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
              .addService(new DeliveryRpc(destinations, hub))
              .addService(
                  new DestinationRpc(destinations, ledger, hub, new Requests(database, 0), clock))
              .addService(fires)
              .build()
              .start();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    channel = Channels.to("127.0.0.1:" + server.getPort()).build();
  }

  /** The leader is lost without a last word, and another begins. */
  void failOver() {
    epoch++;
    database.core().execute("update leader_epoch set epoch = ?", epoch);
    stop();
    start();
  }

  void stop() {
    hub.close();
    fires.close();
    channel.shutdownNow();
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  DeliveryServiceGrpc.DeliveryServiceStub delivery() {
    return DeliveryServiceGrpc.newStub(channel);
  }

  DestinationServiceGrpc.DestinationServiceBlockingStub destinations() {
    return DestinationServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  public FireServiceGrpc.FireServiceStub tailing() {
    return FireServiceGrpc.newStub(channel);
  }

  public FireServiceGrpc.FireServiceBlockingStub fires() {
    return FireServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  int destination(String id) {
    return database
        .core()
        .fetchSingle("select num from destination where id = ? and delete_time is null", id)
        .into(int.class);
  }

  /** Records fires of these destinations in turn, and tells the hub. */
  void commit(int count, int... destinations) {
    long first = logEnd + 1;
    int[] of = new int[count];
    for (int i = 0; i < count; i++) {
      of[i] = destinations[i % destinations.length];
    }
    long now = clock.nowMicros();
    FireColumns block = CommittedBlocks.block(first, now, of);
    Arrays.fill(block.schedule, SCHEDULE);
    for (int i = 0; i < count; i++) {
      block.nominalMicros[i] = DAY + first + i;
    }
    database
        .core()
        .execute(
            "insert into fire select ? + i, ?, ? + i, ?, 1, 7, ? + i, 0, (?::int[])[1 + i % ?], 0, 0,"
                + " 0 from generate_series(0, ? - 1) as i",
            DAY + first,
            SCHEDULE,
            first,
            now,
            DAY + first,
            Arrays.toString(destinations).replace('[', '{').replace(']', '}'),
            destinations.length,
            count);
    logEnd += count;
    database.core().execute("update partition_state set last_seq = ? where id = 0", logEnd);
    hub.onCommitted(block);
  }

  QueueReport queue(int destination) {
    return hub.report().join().get(destination);
  }

  long count(String table, String where) {
    return database
        .core()
        .fetchSingle("select count(*) from " + table + " where " + where)
        .into(long.class);
  }

  /** How the fires above the cursor stand, as stored. */
  String progress(int destination) {
    return new DeliveryState(database, epoch)
        .standing(destination)
        .orElseThrow()
        .progress()
        .toString();
  }

  static Duration duration(long millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos((int) (millis % 1000) * 1_000_000)
        .build();
  }

  /** Makes a destination, and answers its number. */
  int create(String id, long ackTimeoutMillis, int maxAttempts) {
    var unused =
        destinations()
            .createDestination(
                CreateDestinationRequest.newBuilder()
                    .setParent("tenants/default")
                    .setDestinationId(id)
                    .setDestination(
                        Destination.newBuilder()
                            .setKind(Destination.Kind.STREAM)
                            .setAckTimeout(duration(ackTimeoutMillis))
                            .setMaxAttempts(maxAttempts))
                    .build());
    return destination(id);
  }

  long cursor(int destination) {
    return database
        .core()
        .fetchSingle("select seq from delivery_cursor where destination_num = ?", destination)
        .into(long.class);
  }

  public static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not come to be: " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    stop();
    database.close();
  }
}
