package io.carillon.master.app;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.calendar.CalendarFollower;
import io.carillon.master.api.calendar.CalendarRpc;
import io.carillon.master.api.cluster.ClusterRpc;
import io.carillon.master.api.delivery.DeliveryRpc;
import io.carillon.master.api.delivery.DestinationRpc;
import io.carillon.master.api.fire.FireRpc;
import io.carillon.master.api.operation.OperationRpc;
import io.carillon.master.api.schedule.OperationMessages;
import io.carillon.master.api.schedule.ScheduleOperations;
import io.carillon.master.api.schedule.ScheduleRpc;
import io.carillon.master.delivery.DeliveryHub;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.operation.OperationWaits;
import io.carillon.master.store.calendars.CalendarStore;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.delivery.Destinations;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.operations.Operations;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.sql.Database;
import io.grpc.BindableService;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** What a leader offers to clients, and the work in the background that belongs to it. */
final class ApiServices implements AutoCloseable {

  private final Operations operations;
  private final OperationWaits waits = new OperationWaits();
  private final ScheduleOperations operationCalls;
  private final CalendarFollower follower;
  private final FireRpc fires;
  private final List<BindableService> services;

  /**
   * @param executor for calls that hold no thread while they wait
   * @param deposed is told when a write finds that another master leads
   * @param onFailure hears what of the work in the background does not go on, and why
   */
  ApiServices(
      LeaderLoop loop,
      Database database,
      long epoch,
      int partitions,
      DeliveryHub delivery,
      ClusterRpc cluster,
      SpecInterner specs,
      TimeSource time,
      Executor executor,
      Runnable deposed,
      BiConsumer<String, Throwable> onFailure) {
    Schedules schedules = new Schedules(database.api());
    Destinations destinations = new Destinations(database, epoch);
    Ledger ledger = new Ledger(database);
    Requests requests = new Requests(database, epoch);
    operations = new Operations(database, epoch);
    operationCalls =
        new ScheduleOperations(
            loop,
            database,
            operations,
            specs,
            time,
            partitions,
            new OperationMessages(),
            waits::ended,
            deposed,
            bug -> onFailure.accept("the work on operations", bug));
    follower =
        new CalendarFollower(
            loop,
            database,
            specs,
            time,
            partitions,
            bug -> onFailure.accept("what follows calendars", bug));
    fires =
        new FireRpc(
            ledger,
            schedules,
            new Revisions(database.api()),
            new LedgerScan(database, specs::intern),
            time);
    services =
        List.of(
            new ScheduleRpc(
                loop, database, specs, time, partitions, operationCalls, requests, executor),
            new OperationRpc(operations, operationCalls::cancel, waits, schedules::tenantExists),
            fires,
            new CalendarRpc(
                new Calendars(database.api()),
                new CalendarStore(database, epoch),
                schedules,
                requests,
                time,
                follower::wake),
            new DestinationRpc(destinations, ledger, delivery, requests, time),
            new DeliveryRpc(destinations, delivery),
            cluster);
  }

  List<BindableService> all() {
    return services;
  }

  Operations operations() {
    return operations;
  }

  /** Goes on with what an earlier leader left. */
  void start() {
    operationCalls.start();
    follower.start();
  }

  @Override
  public void close() {
    fires.close();
    follower.close();
    operationCalls.close();
    waits.close();
  }
}
