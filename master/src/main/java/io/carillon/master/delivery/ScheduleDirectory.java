package io.carillon.master.delivery;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.carillon.master.store.delivery.ScheduleContents;
import io.carillon.master.store.sql.Database;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes with a fire beside its times: the same for all fires of a revision, and never changed,
 * so it is kept in memory, the most used up to a bound.
 */
public final class ScheduleDirectory {

  /**
   * A sixteenth of the heap: where all schedules fire at once, those that are not here are read.
   */
  private static final long MAX_WEIGHT = Math.max(32 << 20, Runtime.getRuntime().maxMemory() / 16);

  // Objects around a name and a payload.
  private static final int OVERHEAD = 250;

  /** A revision of a schedule. */
  public record Key(long schedule, long version) {}

  private static final int PAGE = 2_000;

  private final ScheduleContents contents;
  private final Cache<Key, FireContent> cache =
      CacheBuilder.newBuilder()
          .maximumWeight(MAX_WEIGHT)
          .weigher((Key key, FireContent content) -> weight(content))
          .build();

  // Of whom reads ahead.
  private long readTo = Long.MIN_VALUE;
  private long readWeight;

  public ScheduleDirectory(Database database) {
    this.contents = new ScheduleContents(database);
  }

  private static int weight(FireContent content) {
    return OVERHEAD + content.schedule().length() + content.payload().length;
  }

  /** Null if it is not in memory. */
  FireContent get(Key key) {
    return cache.getIfPresent(key);
  }

  /**
   * Reads from PostgreSQL: blocks. Answers the first of the keys at least, and not all if their
   * payloads are many megabytes together. What is missing there (it never should) is answered as
   * empty, as the fire is to be delivered all the same.
   */
  Map<Key, FireContent> load(Collection<Key> keys) {
    long[] schedules = keys.stream().mapToLong(Key::schedule).toArray();
    long[] versions = keys.stream().mapToLong(Key::version).toArray();
    Map<Key, FireContent> loaded = new HashMap<>();
    for (ScheduleContents.Row row : contents.read(schedules, versions)) {
      FireContent content = content(row);
      Key key = new Key(row.schedule(), row.version());
      loaded.put(key, content);
      cache.put(key, content);
    }
    return loaded;
  }

  /**
   * Brings some more of what may fire into memory, before it does: blocks. From the first schedule
   * to the last, and then what has come since, until memory is nearly full: what is there already
   * must not have to go for it. One caller at a time.
   *
   * @return whether there is more to read just now
   */
  boolean readAhead() {
    if (readWeight > MAX_WEIGHT / 4 * 3) {
      return false;
    }
    List<ScheduleContents.Row> page = contents.page(readTo, PAGE);
    for (ScheduleContents.Row row : page) {
      FireContent content = content(row);
      cache.put(new Key(row.schedule(), row.version()), content);
      readWeight += weight(content);
      readTo = row.schedule();
    }
    return page.size() == PAGE;
  }

  private static FireContent content(ScheduleContents.Row row) {
    String name =
        row.tenant() == null ? "" : "tenants/" + row.tenant() + "/schedules/" + row.scheduleId();
    byte[] payload = row.payload() == null ? new byte[0] : row.payload();
    return new FireContent(name, payload, row.payloadType() == null ? "" : row.payloadType());
  }
}
