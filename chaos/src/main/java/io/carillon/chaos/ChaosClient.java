package io.carillon.chaos;

import com.google.protobuf.util.Timestamps;
import io.carillon.bench.load.WallClock;
import io.carillon.chaos.Op.Outcome;
import io.carillon.chaos.Op.Type;
import io.carillon.client.CarillonClient;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.Schedule;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that changes schedules of its own, one call at a time, for as long as it is let. A call
 * whose outcome is not known is followed up until it is: with the same request id or etag it can
 * happen once at most, and a read tells whether it has.
 */
final class ChaosClient implements Runnable {

  private static final int BATCH = 250;

  private final CarillonClient client;
  private final OpLog log;
  private final DefinitionDraw draw;
  private final Random random;
  private final List<Slot> slots = new ArrayList<>();
  private final long pauseMillis;
  private final AtomicInteger unclear = new AtomicInteger();

  /** No new call begins. */
  private volatile boolean stopping;

  /** What is not known by now stays so. */
  private volatile boolean givingUp;

  ChaosClient(
      CarillonClient client,
      OpLog log,
      DefinitionDraw draw,
      Random random,
      List<String> ids,
      long pauseMillis) {
    this.client = client;
    this.log = log;
    this.draw = draw;
    this.random = random;
    this.pauseMillis = pauseMillis;
    ids.forEach(id -> slots.add(new Slot(id)));
  }

  void stop() {
    stopping = true;
  }

  void giveUp() {
    givingUp = true;
  }

  /** How many calls had no clear answer at first. */
  int unclear() {
    return unclear.get();
  }

  /** Creates all its schedules. */
  void populate() {
    for (int from = 0; from < slots.size(); from += BATCH) {
      List<Slot> part = slots.subList(from, Math.min(slots.size(), from + BATCH));
      BatchCreateSchedulesRequest.Builder request =
          BatchCreateSchedulesRequest.newBuilder().setParent(SpecWire.TENANT);
      List<Definition> definitions = new ArrayList<>();
      long invoked = WallClock.nowMicros();
      for (Slot slot : part) {
        Definition definition = draw.draw(log.nextNumber(), invoked);
        definitions.add(definition);
        request.addRequests(creation(slot, definition));
      }
      List<Schedule> created =
          client
              .schedules()
              .withDeadlineAfter(2, TimeUnit.MINUTES)
              .batchCreateSchedules(request.build())
              .getSchedulesList();
      for (int i = 0; i < created.size(); i++) {
        Op op =
            op(Type.CREATE, part.get(i), definitions.get(i).number(), invoked, definitions.get(i));
        settle(part.get(i), op, Outcome.OK, created.get(i), "");
      }
    }
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        Slot slot = slots.get(random.nextInt(slots.size()));
        change(slot);
        Thread.sleep(pauseMillis / 2 + random.nextInt((int) pauseMillis));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void change(Slot slot) throws InterruptedException {
    int number = log.nextNumber();
    long now = WallClock.nowMicros();
    int n = random.nextInt(100);
    if (!slot.exists) {
      create(slot, op(Type.CREATE, slot, number, now, draw.draw(number, now)));
    } else if (n < 8) {
      trigger(slot, op(Type.TRIGGER, slot, number, now, null));
    } else if (n < 16) {
      follow(slot, op(Type.DELETE, slot, number, now, null));
    } else if (slot.paused && n < 75) {
      Op op = op(Type.RESUME, slot, number, now, null);
      follow(slot, random.nextInt(3) == 0 ? Ops.catchingUp(op) : op);
    } else if (n < 45) {
      Op op = op(Type.PAUSE, slot, number, now, null);
      long until = now + (2 + random.nextInt(20)) * 1_000_000L;
      follow(slot, random.nextInt(3) == 0 ? Ops.until(op, until) : op);
    } else {
      follow(slot, op(Type.UPDATE, slot, number, now, draw.draw(number, now)));
    }
  }

  private static Op op(Type type, Slot slot, int number, long invoked, Definition definition) {
    return new Op(
        number,
        type,
        slot.id,
        invoked,
        invoked,
        Outcome.UNKNOWN,
        slot.uid,
        0,
        Op.NONE,
        definition,
        Op.NONE,
        false,
        Op.NONE,
        "");
  }

  private CreateScheduleRequest creation(Slot slot, Definition definition) {
    return CreateScheduleRequest.newBuilder()
        .setParent(SpecWire.TENANT)
        .setScheduleId(slot.id)
        .setSchedule(SpecWire.schedule(definition))
        .setRequestId(UUID.randomUUID().toString())
        .build();
  }

  private void create(Slot slot, Op op) throws InterruptedException {
    CreateScheduleRequest request = creation(slot, op.definition());
    while (true) {
      try {
        settle(slot, op, Outcome.OK, client.schedules().createSchedule(request), "");
        return;
      } catch (StatusRuntimeException e) {
        if (!isUnclear(e) || givingUp) {
          settle(slot, op, isUnclear(e) ? Outcome.UNKNOWN : Outcome.FAILED, null, said(e));
          return;
        }
        again();
      }
    }
  }

  /** Not repeated: a second call would be a second fire. */
  private void trigger(Slot slot, Op op) {
    try {
      log.add(Ops.triggered(op, Timestamps.toMicros(Ops.trigger(client, slot).getNominalTime())));
    } catch (StatusRuntimeException e) {
      if (isUnclear(e)) {
        unclear.incrementAndGet();
      }
      settle(slot, op, isUnclear(e) ? Outcome.UNKNOWN : Outcome.FAILED, null, said(e));
    }
  }

  /** A change that its etag lets happen once. */
  private void follow(Slot slot, Op op) throws InterruptedException {
    boolean first = true;
    while (true) {
      try {
        settle(slot, op, Outcome.OK, Ops.call(client, slot, op), first ? "" : "repeated");
        return;
      } catch (StatusRuntimeException e) {
        if (first && !isUnclear(e)) {
          settle(slot, op, Outcome.FAILED, null, said(e));
          return;
        }
        if (givingUp) {
          settle(slot, op, Outcome.UNKNOWN, null, said(e));
          return;
        }
        boolean refused = !isUnclear(e) && e.getStatus().getCode() != Status.Code.ABORTED;
        first = false;
        again();
        Outcome seen = read(slot, op, said(e));
        if (seen == Outcome.FAILED && refused) {
          // For what it is or for the time it is: no try that is still on its way fares better.
          settle(slot, op, Outcome.FAILED, null, said(e));
        }
        if (seen == Outcome.OK || seen == Outcome.FAILED && refused) {
          return;
        }
      }
    }
  }

  /** Reads whether a call that was not answered has happened by now; settles it if so. */
  private Outcome read(Slot slot, Op op, String said) {
    try {
      Schedule now =
          client
              .schedules()
              .getSchedule(GetScheduleRequest.newBuilder().setName(slot.name()).build());
      if (now.getVersion() <= slot.version) {
        return Outcome.FAILED;
      }
      settle(slot, op, Outcome.OK, now, "found by a read after " + said);
      return Outcome.OK;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND || op.type() != Type.DELETE) {
        return Outcome.UNKNOWN;
      }
      settle(slot, op, Outcome.OK, null, "found by a read after " + said);
      return Outcome.OK;
    }
  }

  private void again() throws InterruptedException {
    unclear.incrementAndGet();
    Thread.sleep(200);
  }

  private static boolean isUnclear(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          ABORTED,
          RESOURCE_EXHAUSTED ->
          false;
      default -> true;
    };
  }

  private static String said(StatusRuntimeException failure) {
    return failure.getStatus().getCode() + " " + failure.getStatus().getDescription();
  }

  private void settle(Slot slot, Op op, Outcome outcome, Schedule answer, String said) {
    log.add(Ops.ended(op, outcome, answer, said));
    if (outcome != Outcome.OK) {
      // A pause may have ended by itself.
      slot.paused = slot.paused && op.type() != Type.RESUME;
      return;
    }
    slot.exists = op.type() != Type.DELETE;
    slot.paused = slot.exists && answer.getState() == Schedule.State.PAUSED;
    slot.uid = slot.exists ? Long.parseLong(answer.getUid()) : Op.NONE;
    slot.version = slot.exists ? answer.getVersion() : 0;
  }
}
