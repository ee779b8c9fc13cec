package io.carillon.master.delivery;

import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.Send;
import io.carillon.master.delivery.ScheduleDirectory.Key;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The fires that a sink is being sent. They wait here as columns until the sink can take them, so
 * one that takes nothing costs the columns of one batch and one message, and no more.
 */
final class Outbox {

  private static final int BATCH_BYTES = 256 << 10;
  // Ids, times and numbers of a fire on the wire.
  private static final int FIRE_BYTES = 120;

  /** Why a pump came to its end. */
  enum Pumped {
    EMPTY,
    SINK_FULL,
    CONTENT_MISSING
  }

  private final ScheduleDirectory directory;
  private final Sink sink;
  private final Consumer<Batch> onSent;
  private Send send;
  private FireContent[] contents = new FireContent[0];
  // Of the load before: the cache may have dropped them already.
  private Map<Key, FireContent> loaded = Map.of();

  /**
   * @param onSent hears of each batch that was put into the sink
   */
  Outbox(ScheduleDirectory directory, Sink sink, Consumer<Batch> onSent) {
    this.directory = directory;
    this.sink = sink;
    this.onSent = onSent;
  }

  /** Takes fires, or goes on with them; those before must be sent. */
  void start(Send next) {
    send = next;
    if (contents.length < next.fires().size()) {
      contents = new FireContent[next.fires().size()];
    }
  }

  /** Puts into the sink what that can take. */
  Pumped pump() {
    Fires fires = send.fires();
    while (!send.isSent()) {
      if (!sink.isReady()) {
        return Pumped.SINK_FULL;
      }
      Batch batch = new Batch(fires, contents, send.unsent());
      int bytes = 0;
      while (batch.to() < fires.size() && bytes < BATCH_BYTES) {
        FireContent content =
            content(new Key(fires.schedule[batch.to()], fires.version[batch.to()]));
        if (content == null) {
          break;
        }
        batch.add(content);
        bytes += FIRE_BYTES + content.schedule().length() + content.payload().length;
      }
      if (batch.to() == batch.from()) {
        return Pumped.CONTENT_MISSING;
      }
      send.sentTo(batch.to());
      sink.send(batch);
      onSent.accept(batch);
    }
    loaded = Map.of();
    return Pumped.EMPTY;
  }

  private FireContent content(Key key) {
    FireContent content = loaded.get(key);
    return content == null ? directory.get(key) : content;
  }

  /** What is missing of the rest of the fires. */
  Set<Key> missing() {
    Fires fires = send.fires();
    Set<Key> missing = new LinkedHashSet<>();
    for (int row = send.unsent(); row < fires.size(); row++) {
      Key key = new Key(fires.schedule[row], fires.version[row]);
      if (content(key) == null) {
        missing.add(key);
      }
    }
    return missing;
  }

  void onLoaded(Map<Key, FireContent> found) {
    loaded = found;
  }
}
