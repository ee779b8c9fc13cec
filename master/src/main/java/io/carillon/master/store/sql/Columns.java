package io.carillon.master.store.sql;

import io.carillon.master.core.Mutation.Planned;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.postgresql.PGConnection;

/**
 * Values of rows as arrays: one statement for any number of rows, several times as fast as a batch.
 */
public record Columns(Connection connection, List<Planned> rows) {

  public Array longs(ToLongFunction<Planned> value) throws SQLException {
    long[] values = new long[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.applyAsLong(rows.get(i));
    }
    return array("int8", values);
  }

  public Array ints(ToIntFunction<Planned> value) throws SQLException {
    int[] values = new int[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.applyAsInt(rows.get(i));
    }
    return array("int4", values);
  }

  public Array booleans(Predicate<Planned> value) throws SQLException {
    boolean[] values = new boolean[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.test(rows.get(i));
    }
    return array("bool", values);
  }

  public Array texts(Function<Planned, String> value) throws SQLException {
    String[] values = new String[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.apply(rows.get(i));
    }
    return array("text", values);
  }

  public Array bytes(Function<Planned, byte[]> value) throws SQLException {
    byte[][] values = new byte[rows.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.apply(rows.get(i));
    }
    return array("bytea", values);
  }

  public Array array(String type, Object values) throws SQLException {
    return connection.unwrap(PGConnection.class).createArrayOf(type, values);
  }
}
