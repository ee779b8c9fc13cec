package io.carillon.master.delivery;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
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

  /**
   * @param name "tenants/…/schedules/…"
   */
  public record Content(String name, ByteString payload, String payloadType) {}

  private static final int PAGE = 2_000;

  private final ScheduleContents contents;
  private final Cache<Key, Content> cache =
      CacheBuilder.newBuilder()
          .maximumWeight(MAX_WEIGHT)
          .weigher((Key key, Content content) -> weight(content))
          .build();

  // Of whom reads ahead.
  private long readTo = Long.MIN_VALUE;
  private long readWeight;

  public ScheduleDirectory(Database database) {
    this.contents = new ScheduleContents(database);
  }

  private static int weight(Content content) {
    return OVERHEAD + content.name().length() + content.payload().size();
  }

  /** Null if it is not in memory. */
  Content get(Key key) {
    return cache.getIfPresent(key);
  }

  /**
   * Reads from PostgreSQL: blocks. Answers the first of the keys at least, and not all if their
   * payloads are many megabytes together. What is missing there (it never should) is answered as
   * empty, as the fire is to be delivered all the same.
   */
  Map<Key, Content> load(Collection<Key> keys) {
    long[] schedules = keys.stream().mapToLong(Key::schedule).toArray();
    long[] versions = keys.stream().mapToLong(Key::version).toArray();
    Map<Key, Content> loaded = new HashMap<>();
    for (ScheduleContents.Row row : contents.read(schedules, versions)) {
      Content content = content(row);
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
      Content content = content(row);
      cache.put(new Key(row.schedule(), row.version()), content);
      readWeight += weight(content);
      readTo = row.schedule();
    }
    return page.size() == PAGE;
  }

  private static Content content(ScheduleContents.Row row) {
    String name =
        row.tenant() == null ? "" : "tenants/" + row.tenant() + "/schedules/" + row.scheduleId();
    ByteString payload =
        row.payload() == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(row.payload());
    return new Content(name, payload, row.payloadType() == null ? "" : row.payloadType());
  }
}
