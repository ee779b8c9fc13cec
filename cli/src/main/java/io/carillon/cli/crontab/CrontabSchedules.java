package io.carillon.cli.crontab;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.carillon.common.schedule.SpecException;
import io.carillon.v1.CronRule;
import io.carillon.v1.OnceRule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The schedules that crontab lines become. Ids are made of what a line says, not of where it
 * stands: the same line has the same id in every run, so an import can be repeated, and lines can
 * move.
 */
public final class CrontabSchedules {

  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
  private static final Pattern ONCE = Pattern.compile("at\\((.*)\\)");
  private static final int SLUG = 24;
  private static final int HASH = 10;
  private static final int DISPLAY_NAME = 200;

  private final String prefix;
  private final String defaultZone;
  private final String destination;
  private final Map<String, String> labels;

  /** A line as a schedule. */
  public record Planned(int line, String id, Schedule schedule) {}

  /**
   * @param prefix of the ids; also the value of the label "import"
   * @param defaultZone where no CRON_TZ holds
   * @param destination full name, or empty for the tenant's default
   * @param labels besides "import" and "user"
   */
  public CrontabSchedules(
      String prefix, String defaultZone, String destination, Map<String, String> labels) {
    this.prefix = slug(prefix);
    this.defaultZone = defaultZone;
    this.destination = destination;
    this.labels = Map.copyOf(labels);
  }

  /** What identifies this import: the label "import" of its schedules. */
  public String importLabel() {
    return prefix;
  }

  public List<Planned> plan(List<CrontabEntry> entries) {
    Map<String, Integer> seen = new HashMap<>();
    List<Planned> planned = new ArrayList<>(entries.size());
    for (CrontabEntry entry : entries) {
      String zone = entry.zone().isEmpty() ? defaultZone : entry.zone();
      String what = hash(entry, zone, 0);
      int ordinal = seen.merge(what, 1, Integer::sum) - 1;
      String id = id(entry, ordinal == 0 ? what : hash(entry, zone, ordinal));
      planned.add(new Planned(entry.line(), id, schedule(entry, zone)));
    }
    return planned;
  }

  private Schedule schedule(CrontabEntry entry, String zone) {
    Schedule.Builder schedule =
        Schedule.newBuilder()
            .setDisplayName(displayName(entry.command()))
            .setSpec(spec(entry, zone))
            .setDestination(destination)
            .setPayload(payload(entry))
            .setPayloadType("application/json")
            .putLabels("import", prefix);
    if (!entry.user().isEmpty()) {
      schedule.putLabels("user", entry.user());
    }
    return schedule.putAllLabels(labels).build();
  }

  private static ScheduleSpec.Builder spec(CrontabEntry entry, String zone) {
    ScheduleSpec.Builder spec = ScheduleSpec.newBuilder().setTimeZone(zone);
    if (entry.delayMinutes() > 0) {
      spec.setJitter(Duration.newBuilder().setSeconds(entry.delayMinutes() * 60L));
    }
    Matcher once = ONCE.matcher(entry.expression());
    return once.matches()
        ? spec.setOnce(OnceRule.newBuilder().setAt(at(once.group(1), zone)))
        : spec.setCron(
            CronRule.newBuilder().setExpression(entry.expression()).setDialect(entry.dialect()));
  }

  private static Timestamp at(String local, String zone) {
    ZoneId in;
    try {
      in = io.carillon.common.schedule.ScheduleSpec.zone(zone);
    } catch (SpecException e) {
      // Left to the master, which refuses the line for its zone.
      in = ZoneOffset.UTC;
    }
    // What a gap leaves out is after it, of what comes twice it is the first.
    long second = LocalDateTime.parse(local).atZone(in).toEpochSecond();
    return Timestamps.fromSeconds(second);
  }

  private static ByteString payload(CrontabEntry entry) {
    JsonObject payload = new JsonObject();
    payload.addProperty("command", entry.command());
    if (entry.stdin() != null) {
      payload.addProperty("stdin", entry.stdin());
    }
    if (!entry.user().isEmpty()) {
      payload.addProperty("user", entry.user());
    }
    JsonObject environment = new JsonObject();
    entry.environment().forEach(environment::addProperty);
    payload.add("environment", environment);
    return ByteString.copyFromUtf8(JSON.toJson(payload));
  }

  private static String displayName(String command) {
    String line = command.replaceAll("\\p{Cntrl}", " ");
    return line.codePointCount(0, line.length()) <= DISPLAY_NAME
        ? line
        : line.substring(0, line.offsetByCodePoints(0, DISPLAY_NAME - 1)) + "…";
  }

  private String id(CrontabEntry entry, String hash) {
    String program = entry.command().split("\\s+", 2)[0];
    String name = slug(program.substring(program.lastIndexOf('/') + 1));
    return prefix + "-" + name + "-" + hash;
  }

  private String hash(CrontabEntry entry, String zone, int ordinal) {
    Hasher hasher = Hashing.sha256().newHasher();
    String times =
        entry.dialect() == CronRule.Dialect.UNIX
            ? entry.expression()
            : entry.dialect() + " " + entry.expression();
    if (entry.delayMinutes() > 0) {
      times += " ~" + entry.delayMinutes();
    }
    for (String part : List.of(prefix, entry.user(), times, zone, entry.command())) {
      // With its length, so that no two lists of parts run together into the same bytes.
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      hasher.putInt(bytes.length).putBytes(bytes);
    }
    return hasher.putInt(ordinal).hash().toString().substring(0, HASH);
  }

  /** What may stand in an id, of any text. */
  public static String slug(String text) {
    String slug = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+", "");
    if (slug.length() > SLUG) {
      slug = slug.substring(0, SLUG);
    }
    slug = slug.replaceAll("-+$", "");
    return slug.isEmpty() ? "x" : slug;
  }
}
