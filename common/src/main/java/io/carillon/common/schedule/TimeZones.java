package io.carillon.common.schedule;

import com.google.common.collect.ImmutableSortedSet;
import java.time.ZoneId;
import java.time.zone.ZoneRulesProvider;
import java.util.Locale;
import java.util.Map;

/** Which time zones a spec may be in: IANA ids and links, no offsets and no other abbreviations. */
final class TimeZones {

  private static final String FIELD = "time_zone";
  private static final String REASON = "UNKNOWN_TIME_ZONE";

  /** No id is longer; it bounds the search for a near one. */
  private static final int MAX_LENGTH = 60;

  /** Edits up to which an id is taken for a slip of the pen. */
  private static final int NEAR = 2;

  /** Links of IANA's that Java leaves out, or lists from some version on, and their targets. */
  private static final Map<String, String> LINKS =
      Map.of("EST", "America/Panama", "MST", "America/Phoenix", "HST", "Pacific/Honolulu");

  /**
   * Sorted, so that searches answer alike everywhere; kept, as Java copies its set for each caller.
   */
  private static final ImmutableSortedSet<String> OFFERED =
      ZoneId.getAvailableZoneIds().stream()
          .filter(TimeZones::isOffered)
          .collect(ImmutableSortedSet.toImmutableSortedSet(String::compareTo));

  /** Kept, as Java copies its map of versions for each caller: every schedule made asks for it. */
  private static final String VERSION = ZoneRulesProvider.getVersions("UTC").lastEntry().getKey();

  private TimeZones() {}

  static ZoneId named(String id) {
    String target = LINKS.getOrDefault(id, id);
    if (isNamed(target)) {
      return ZoneId.of(target);
    }
    boolean tooLong = id.length() > MAX_LENGTH;
    String near = tooLong ? null : near(id);
    String message =
        "'"
            + (tooLong ? id.substring(0, MAX_LENGTH) + "..." : id)
            + "' is not an IANA time zone id"
            + (near == null ? "." : "; did you mean " + near + "?")
            + " Ids are such as Europe/Berlin, UTC or Etc/GMT+3; offsets and abbreviations are not.";
    throw new SpecException(FIELD, REASON, -1, message);
  }

  /** The version of the rules of all zones, as the JDK gives it. */
  static String version() {
    return VERSION;
  }

  static boolean isNamed(String id) {
    return OFFERED.contains(id);
  }

  /** SystemV ids are Java's own, and gone from later versions of it. */
  private static boolean isOffered(String id) {
    return !LINKS.containsKey(id) && !id.startsWith("SystemV/");
  }

  /** The id that was probably meant, or null. The same on every machine with the same zones. */
  private static String near(String id) {
    String wanted = id.toLowerCase(Locale.ROOT).replace(' ', '_');
    String best = null;
    int leastEdits = NEAR + 1;
    for (String known : OFFERED) {
      String lower = known.toLowerCase(Locale.ROOT);
      int edits = edits(wanted, lower);
      // A city alone stands for its zone.
      if (edits > 0 && lower.endsWith("/" + wanted)) {
        edits = 1;
      }
      // People write GMT+2 for what is Etc/GMT-2: no guesses among offsets.
      boolean offset = lower.startsWith("etc/");
      if (edits < leastEdits && (edits == 0 || (!offset && edits * 4 <= wanted.length()))) {
        leastEdits = edits;
        best = known;
      }
    }
    return best;
  }

  /** Levenshtein distance, not told apart beyond {@link #NEAR}. */
  private static int edits(String a, String b) {
    if (Math.abs(a.length() - b.length()) > NEAR) {
      return NEAR + 1;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return Math.min(row[b.length()], NEAR + 1);
  }
}
