package io.carillon.common.config;

import com.google.common.base.CaseFormat;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Records as a whole: copies in which components differ, and bounds on all of them. */
public final class Records {

  private Records() {}

  /**
   * A copy in which one component is another. Nothing else changes, whatever components there are.
   *
   * @throws IllegalArgumentException if there is no such component, or the record refuses the value
   */
  public static <R extends Record> R with(R record, String component, Object value) {
    Map<String, Object> changes = new HashMap<>();
    changes.put(component, value);
    return with(record, changes);
  }

  /** The same for several at once, where one alone would break a relation between them. */
  public static <R extends Record> R with(R record, Map<String, ?> changes) {
    @SuppressWarnings("unchecked")
    Class<R> type = (Class<R>) record.getClass();
    Map<String, Object> left = new HashMap<>(changes);
    R copy =
        make(
            type,
            component ->
                left.containsKey(component.getName())
                    ? left.remove(component.getName())
                    : get(record, component));
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(type.getSimpleName() + " has no " + left.keySet());
    }
    return copy;
  }

  /** A record of these values. What its constructor throws comes through. */
  public static <R extends Record> R make(
      Class<R> type, Function<RecordComponent, Object> valueOf) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = Arrays.stream(components).map(valueOf).toArray();
    try {
      Constructor<R> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The value of a component. */
  public static Object get(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code lease-ttl} for {@code leaseTtl}. */
  public static String key(RecordComponent component) {
    return CaseFormat.LOWER_CAMEL.to(CaseFormat.LOWER_HYPHEN, component.getName());
  }

  /** For constructors: that each value, in the order of the components, is within its bounds. */
  static void check(Class<? extends Record> type, Object... values) {
    RecordComponent[] components = type.getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      Setting setting = components[i].getAnnotation(Setting.class);
      if (values[i] instanceof Duration value) {
        within(components[i], setting, value, Duration::parse);
      } else if (values[i] instanceof Integer value) {
        within(components[i], setting, value, Integer::valueOf);
      }
    }
  }

  private static <T extends Comparable<T>> void within(
      RecordComponent component, Setting setting, T value, Function<String, T> parse) {
    T least = setting.min().isEmpty() ? value : parse.apply(setting.min());
    T most = setting.max().isEmpty() ? value : parse.apply(setting.max());
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new SettingException(
          key(component),
          "must be "
              + (setting.max().isEmpty()
                  ? show(least) + " or more"
                  : "from " + show(least) + " to " + show(most))
              + ", but is "
              + show(value));
    }
  }

  /** As an operator writes it: 1500ms, 3s, 5m. */
  public static String show(Object value) {
    if (!(value instanceof Duration duration)) {
      return String.valueOf(value);
    }
    if (duration.toNanosPart() % 1_000_000 != 0) {
      return duration.toNanos() / 1_000 + "us";
    }
    if (duration.toMillisPart() != 0) {
      return duration.toMillis() + "ms";
    }
    long seconds = duration.toSeconds();
    if (seconds != 0 && seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
