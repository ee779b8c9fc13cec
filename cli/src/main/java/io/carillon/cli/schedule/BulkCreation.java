package io.carillon.cli.schedule;

import com.google.protobuf.FieldMask;
import com.google.rpc.BadRequest.FieldViolation;
import io.carillon.cli.crontab.CrontabSchedules.Planned;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Pages;
import io.carillon.cli.terminal.Violations;
import io.carillon.client.CarillonClient;
import io.carillon.client.CarillonException;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.ListSchedulesResponse;
import io.carillon.v1.Schedule;
import io.carillon.v1.UpdateScheduleRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings planned schedules into being: those that are there are compared, the others created in
 * batches. A batch is all or nothing, so one that is refused is sent again without the members at
 * fault, and halved where the refusal does not name them.
 */
final class BulkCreation {

  private static final int BATCH_MEMBERS = 500;

  /** Below the 4 MiB that a server takes by default. */
  private static final int BATCH_BYTES = 2 << 20;

  private static final int REPEATS = 3;
  private static final Pattern MEMBER = Pattern.compile("requests\\[(\\d{1,4})]\\.?(.*)");

  private final CarillonClient client;
  private final Names names;
  private final boolean update;
  private final boolean dryRun;
  private final ImportResult result;
  private final IntConsumer progress;

  BulkCreation(
      CarillonClient client,
      Names names,
      boolean update,
      boolean dryRun,
      ImportResult result,
      IntConsumer progress) {
    this.client = client;
    this.names = names;
    this.update = update;
    this.dryRun = dryRun;
    this.result = result;
    this.progress = progress;
  }

  void run(List<Planned> planned, String importLabel) {
    Map<String, Schedule> existing = existing(importLabel);
    List<Planned> batch = new ArrayList<>();
    int bytes = 0;
    for (Planned member : planned) {
      Schedule stored = existing.get(member.id());
      if (stored != null) {
        compare(member, stored);
        progress.accept(1);
        continue;
      }
      int size = member.schedule().getSerializedSize() + 200;
      if (batch.size() == BATCH_MEMBERS || bytes + size > BATCH_BYTES) {
        create(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(member);
      bytes += size;
    }
    create(batch);
  }

  private Map<String, Schedule> existing(String importLabel) {
    ListSchedulesRequest.Builder request =
        ListSchedulesRequest.newBuilder()
            .setParent(names.parent())
            .setPageSize(Pages.SIZE)
            .putLabels("import", importLabel);
    Iterator<Schedule> all =
        new Pages<>(
            token -> client.schedules().listSchedules(request.setPageToken(token).build()),
            ListSchedulesResponse::getSchedulesList,
            ListSchedulesResponse::getNextPageToken,
            0);
    Map<String, Schedule> byId = new HashMap<>();
    all.forEachRemaining(schedule -> byId.put(Names.id(schedule.getName()), schedule));
    return byId;
  }

  private void create(List<Planned> batch) {
    if (batch.isEmpty()) {
      return;
    }
    if (dryRun) {
      batch.forEach(this::createOne);
    } else {
      createTogether(batch, REPEATS);
    }
    progress.accept(batch.size());
  }

  private void createTogether(List<Planned> batch, int repeats) {
    if (batch.size() <= 1) {
      batch.forEach(this::createOne);
      return;
    }
    BatchCreateSchedulesRequest.Builder request =
        BatchCreateSchedulesRequest.newBuilder().setParent(names.parent());
    batch.forEach(member -> request.addRequests(request(member)));
    CarillonException refusal;
    try {
      var unused =
          CarillonException.translated(
              () -> client.schedules().batchCreateSchedules(request.build()));
      result.created += batch.size();
      return;
    } catch (CarillonException e) {
      refusal = e;
    }
    endIfGeneral(refusal);
    Map<Integer, String> faults = faults(refusal, batch.size());
    if (!faults.isEmpty() && repeats > 0) {
      List<Planned> others = new ArrayList<>(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        if (faults.containsKey(i)) {
          result.refuse(batch.get(i).line(), faults.get(i));
        } else {
          others.add(batch.get(i));
        }
      }
      createTogether(others, repeats - 1);
    } else {
      int half = batch.size() / 2;
      createTogether(batch.subList(0, half), repeats);
      createTogether(batch.subList(half, batch.size()), repeats);
    }
  }

  /**
   * The members that a refusal names, with its reasons; none for a refusal that may have another
   * cause.
   */
  private static Map<Integer, String> faults(CarillonException refusal, int size) {
    Map<Integer, String> faults = new TreeMap<>();
    if (refusal.code() != Status.Code.INVALID_ARGUMENT) {
      return faults;
    }
    for (FieldViolation violation : refusal.violations()) {
      Matcher member = MEMBER.matcher(violation.getField());
      if (member.matches() && Integer.parseInt(member.group(1)) < size) {
        faults.merge(
            Integer.parseInt(member.group(1)),
            violation.getDescription().isEmpty()
                ? refusal.getMessage()
                : Violations.description(violation),
            (first, second) -> first + "; " + second);
      }
    }
    return faults;
  }

  private void createOne(Planned member) {
    try {
      var unused =
          CarillonException.translated(() -> client.schedules().createSchedule(request(member)));
      result.created++;
    } catch (CarillonException e) {
      if (e.code() == Status.Code.ALREADY_EXISTS) {
        compareWithStored(member);
      } else {
        endIfGeneral(e);
        result.refuse(member.line(), Violations.inOneLine(e));
      }
    }
  }

  /** It is there without our label: somebody took that away. */
  private void compareWithStored(Planned member) {
    try {
      GetScheduleRequest request =
          GetScheduleRequest.newBuilder().setName(names.schedule(member.id())).build();
      compare(member, CarillonException.translated(() -> client.schedules().getSchedule(request)));
    } catch (CarillonException e) {
      endIfGeneral(e);
      result.refuse(member.line(), Violations.inOneLine(e));
    }
  }

  private CreateScheduleRequest request(Planned member) {
    return CreateScheduleRequest.newBuilder()
        .setParent(names.parent())
        .setScheduleId(member.id())
        .setSchedule(member.schedule())
        .setValidateOnly(dryRun)
        .build();
  }

  /**
   * The id says that the times are the same; the rest may differ. Labels that others have added are
   * not ours to judge.
   */
  private void compare(Planned member, Schedule stored) {
    Schedule wanted = member.schedule();
    Schedule.Builder changed = stored.toBuilder().putAllLabels(wanted.getLabelsMap());
    if (!wanted.getDestination().isEmpty()) {
      changed.setDestination(wanted.getDestination());
    }
    changed.setPayload(wanted.getPayload()).setPayloadType(wanted.getPayloadType());
    if (changed.build().equals(stored)) {
      result.unchanged++;
    } else if (!update) {
      result.different++;
    } else {
      update(member, changed.build());
    }
  }

  private void update(Planned member, Schedule changed) {
    UpdateScheduleRequest request =
        UpdateScheduleRequest.newBuilder()
            .setSchedule(changed)
            .setUpdateMask(
                FieldMask.newBuilder()
                    .addPaths("labels")
                    .addPaths("destination")
                    .addPaths("payload")
                    .addPaths("payload_type"))
            .setValidateOnly(dryRun)
            .build();
    try {
      var unused = CarillonException.translated(() -> client.schedules().updateSchedule(request));
      result.updated++;
    } catch (CarillonException e) {
      endIfGeneral(e);
      result.refuse(member.line(), Violations.inOneLine(e));
    }
  }

  /** What would befall every other line as well ends the import. */
  private static void endIfGeneral(CarillonException e) {
    switch (e.code()) {
      case INVALID_ARGUMENT,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          NOT_FOUND -> {}
      default -> throw e;
    }
  }
}
