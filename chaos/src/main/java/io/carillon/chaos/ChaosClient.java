package io.carillon.chaos;

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

  /** A schedule as this client knows it. */
  static final class Slot {
    final String id;
    long uid = Op.NONE;
    long version;
    boolean exists;
    boolean paused;

    Slot(String id) {
      this.id = id;
    }

    String name() {
      return SpecWire.TENANT + "/schedules/" + id;
    }
  }

  private static final int BATCH = 250;

  private final CarillonClient client;
  private final History history;
  private final SpecDraw draw;
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
      History history,
      SpecDraw draw,
      Random random,
      List<String> ids,
      long pauseMillis) {
    this.client = client;
    this.history = history;
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
      List<Content> contents = new ArrayList<>();
      long invoked = Clock.now();
      for (Slot slot : part) {
        Content content = draw.draw(history.nextNumber(), invoked);
        contents.add(content);
        request.addRequests(creation(slot, content));
      }
      List<Schedule> created =
          client
              .schedules()
              .withDeadlineAfter(2, TimeUnit.MINUTES)
              .batchCreateSchedules(request.build())
              .getSchedulesList();
      for (int i = 0; i < created.size(); i++) {
        Op asked =
            asked(Type.CREATE, part.get(i), contents.get(i).number(), invoked, contents.get(i));
        settle(part.get(i), asked, Outcome.OK, created.get(i), "");
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
    int number = history.nextNumber();
    long now = Clock.now();
    int n = random.nextInt(100);
    if (!slot.exists) {
      create(slot, asked(Type.CREATE, slot, number, now, draw.draw(number, now)));
    } else if (n < 8) {
      trigger(slot, asked(Type.TRIGGER, slot, number, now, null));
    } else if (n < 16) {
      follow(slot, asked(Type.DELETE, slot, number, now, null));
    } else if (slot.paused && n < 75) {
      Op asked = asked(Type.RESUME, slot, number, now, null);
      follow(slot, random.nextInt(3) == 0 ? Ops.catchingUp(asked) : asked);
    } else if (n < 45) {
      Op asked = asked(Type.PAUSE, slot, number, now, null);
      long until = now + (2 + random.nextInt(20)) * 1_000_000L;
      follow(slot, random.nextInt(3) == 0 ? Ops.until(asked, until) : asked);
    } else {
      follow(slot, asked(Type.UPDATE, slot, number, now, draw.draw(number, now)));
    }
  }

  private static Op asked(Type type, Slot slot, int number, long invoked, Content content) {
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
        content,
        Op.NONE,
        false,
        Op.NONE,
        "");
  }

  private CreateScheduleRequest creation(Slot slot, Content content) {
    return CreateScheduleRequest.newBuilder()
        .setParent(SpecWire.TENANT)
        .setScheduleId(slot.id)
        .setSchedule(SpecWire.schedule(content))
        .setRequestId(UUID.randomUUID().toString())
        .build();
  }

  private void create(Slot slot, Op asked) throws InterruptedException {
    CreateScheduleRequest request = creation(slot, asked.content());
    while (true) {
      try {
        settle(slot, asked, Outcome.OK, client.schedules().createSchedule(request), "");
        return;
      } catch (StatusRuntimeException e) {
        if (!isUnclear(e) || givingUp) {
          settle(slot, asked, isUnclear(e) ? Outcome.UNKNOWN : Outcome.FAILED, null, said(e));
          return;
        }
        again();
      }
    }
  }

  /** Not repeated: a second call would be a second fire. */
  private void trigger(Slot slot, Op asked) {
    try {
      history.add(
          Ops.triggered(asked, SpecWire.micros(Ops.trigger(client, slot).getNominalTime())));
    } catch (StatusRuntimeException e) {
      if (isUnclear(e)) {
        unclear.incrementAndGet();
      }
      settle(slot, asked, isUnclear(e) ? Outcome.UNKNOWN : Outcome.FAILED, null, said(e));
    }
  }

  /** A change that its etag lets happen once. */
  private void follow(Slot slot, Op asked) throws InterruptedException {
    boolean first = true;
    while (true) {
      try {
        settle(slot, asked, Outcome.OK, Ops.call(client, slot, asked), first ? "" : "repeated");
        return;
      } catch (StatusRuntimeException e) {
        if (first && !isUnclear(e)) {
          settle(slot, asked, Outcome.FAILED, null, said(e));
          return;
        }
        if (givingUp) {
          settle(slot, asked, Outcome.UNKNOWN, null, said(e));
          return;
        }
        boolean refused = !isUnclear(e) && e.getStatus().getCode() != Status.Code.ABORTED;
        first = false;
        again();
        Outcome seen = read(slot, asked, said(e));
        if (seen == Outcome.FAILED && refused) {
          // For what it is or for the time it is: no try that is still on its way fares better.
          settle(slot, asked, Outcome.FAILED, null, said(e));
        }
        if (seen == Outcome.OK || seen == Outcome.FAILED && refused) {
          return;
        }
      }
    }
  }

  /** Reads whether a call that was not answered has happened by now; settles it if so. */
  private Outcome read(Slot slot, Op asked, String said) {
    try {
      Schedule now =
          client
              .schedules()
              .getSchedule(GetScheduleRequest.newBuilder().setName(slot.name()).build());
      if (now.getVersion() <= slot.version) {
        return Outcome.FAILED;
      }
      settle(slot, asked, Outcome.OK, now, "found by a read after " + said);
      return Outcome.OK;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND || asked.type() != Type.DELETE) {
        return Outcome.UNKNOWN;
      }
      settle(slot, asked, Outcome.OK, null, "found by a read after " + said);
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

  private void settle(Slot slot, Op asked, Outcome outcome, Schedule answer, String said) {
    history.add(Ops.ended(asked, outcome, answer, said));
    if (outcome != Outcome.OK) {
      // A pause may have ended by itself.
      slot.paused = slot.paused && asked.type() != Type.RESUME;
      return;
    }
    slot.exists = asked.type() != Type.DELETE;
    slot.paused = slot.exists && answer.getState() == Schedule.State.PAUSED;
    slot.uid = slot.exists ? Long.parseLong(answer.getUid()) : Op.NONE;
    slot.version = slot.exists ? answer.getVersion() : 0;
  }
}
