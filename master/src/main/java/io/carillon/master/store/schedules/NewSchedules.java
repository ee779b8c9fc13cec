package io.carillon.master.store.schedules;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.sql.Columns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Writes schedules that did not exist before, any number in one statement. It holds the fence and
 * locks their destinations, so that alone it is a whole write; it can be part of a transaction too.
 */
final class NewSchedules {

  private static final String CREATE =
      "select create_schedules(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

  private NewSchedules() {}

  static boolean isNew(Planned planned) {
    return planned.mutation().expectedVersion() == 0;
  }

  private static StoredSchedule after(Planned planned) {
    return planned.mutation().after();
  }

  private static StoredSchedule.Content content(Planned planned) {
    return after(planned).content();
  }

  /** Most have none. */
  private static String labels(Planned planned) {
    Map<String, String> labels = content(planned).labels();
    return labels.isEmpty() ? "{}" : Schedules.json(labels).data();
  }

  private static CatchUp catchUp(Planned planned) {
    return content(planned).catchUp();
  }

  static long validFrom(Planned planned) {
    return planned.opened() == null ? planned.effective() : planned.opened().validFrom();
  }

  static long nominalAfter(Planned planned) {
    return planned.opened() == null ? Long.MIN_VALUE : planned.opened().nominalAfter();
  }

  static void insert(Connection connection, long leaderEpoch, List<Planned> all)
      throws SQLException {
    TreeSet<Integer> destinations = new TreeSet<>();
    List<Planned> withRequest = new ArrayList<>();
    for (Planned planned : all) {
      destinations.add(content(planned).destination());
      if (!planned.mutation().requestId().isEmpty()) {
        withRequest.add(planned);
      }
    }
    Columns rows = new Columns(connection, all);
    Columns requests = new Columns(connection, withRequest);
    try (PreparedStatement call = connection.prepareStatement(CREATE)) {
      int i = 1;
      call.setLong(i++, leaderEpoch);
      call.setArray(
          i++, rows.array("int4", destinations.stream().mapToInt(Integer::intValue).toArray()));
      call.setString(i++, ScheduleSpec.tzdbVersion());
      call.setArray(i++, rows.longs(planned -> planned.mutation().schedule()));
      call.setArray(i++, rows.texts(planned -> after(planned).tenant()));
      call.setArray(i++, rows.texts(planned -> after(planned).id()));
      call.setArray(i++, rows.ints(planned -> planned.mutation().partition()));
      call.setArray(i++, rows.longs(Planned::version));
      call.setArray(i++, rows.longs(Planned::effective));
      call.setArray(i++, rows.texts(planned -> content(planned).displayName()));
      call.setArray(i++, rows.texts(NewSchedules::labels));
      call.setArray(i++, rows.ints(planned -> after(planned).state().code()));
      call.setArray(i++, rows.longs(planned -> content(planned).endsAt()));
      call.setArray(i++, rows.longs(NewSchedules::validFrom));
      // What is stored without being opened holds for no time at all.
      call.setArray(i++, rows.booleans(planned -> planned.opened() != null));
      call.setArray(i++, rows.texts(planned -> content(planned).spec()));
      call.setArray(i++, rows.longs(planned -> catchUp(planned).windowMicros()));
      call.setArray(i++, rows.ints(planned -> catchUp(planned).limit()));
      call.setArray(i++, rows.longs(planned -> catchUp(planned).graceMicros()));
      call.setArray(i++, rows.longs(NewSchedules::nominalAfter));
      call.setArray(i++, rows.ints(planned -> content(planned).destination()));
      call.setArray(i++, rows.bytes(planned -> content(planned).payload()));
      call.setArray(i++, rows.texts(planned -> content(planned).payloadType()));
      call.setArray(i++, requests.texts(planned -> after(planned).tenant()));
      call.setArray(i++, requests.texts(planned -> planned.mutation().requestId()));
      call.setArray(i++, requests.bytes(planned -> planned.mutation().fingerprint()));
      call.setArray(i++, requests.longs(planned -> planned.mutation().schedule()));
      call.setArray(i, requests.longs(Planned::effective));
      call.execute();
    }
  }
}
