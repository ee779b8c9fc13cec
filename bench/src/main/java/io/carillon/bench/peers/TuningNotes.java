package io.carillon.bench.peers;

import io.carillon.bench.report.Report;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** How each peer was tuned, said once; and of each work what was other there. */
final class TuningNotes {

  private final Map<Peer.Kind, Map<String, Map<String, String>>> all =
      new EnumMap<>(Peer.Kind.class);

  void note(Peer.Kind kind, String work, Map<String, String> settings) {
    all.computeIfAbsent(kind, k -> new LinkedHashMap<>()).put(work, settings);
  }

  void settings(Report report) {
    all.forEach(
        (kind, works) -> {
          Map<String, String> common = null;
          for (Map.Entry<String, Map<String, String>> work : works.entrySet()) {
            if (common == null) {
              common = work.getValue();
              report.setting(kind.title(), text(common));
            } else {
              Map<String, String> other = new LinkedHashMap<>(work.getValue());
              other.entrySet().removeAll(common.entrySet());
              if (!other.isEmpty()) {
                report.setting(kind.title() + " in " + work.getKey(), text(other));
              }
            }
          }
        });
  }

  private static String text(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + " " + setting.getValue())
        .collect(Collectors.joining("; ", "(", ")"));
  }
}
