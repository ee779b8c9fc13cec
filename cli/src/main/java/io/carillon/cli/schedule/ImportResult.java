package io.carillon.cli.schedule;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.carillon.cli.crontab.Crontab.Refusal;
import io.carillon.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What came of an import. */
final class ImportResult {

  int created;
  int updated;
  int unchanged;

  /** There already, with another destination, payload or labels, and left alone. */
  int different;

  final List<Refusal> refused = new ArrayList<>();

  void refuse(int line, String reason) {
    refused.add(new Refusal(line, reason));
  }

  int exitCode() {
    return refused.isEmpty() ? ExitCode.OK : ExitCode.PARTIAL;
  }

  List<Refusal> refusedByLine() {
    return refused.stream().sorted(Comparator.comparingInt(Refusal::line)).toList();
  }

  String summary(boolean dryRun) {
    String text =
        String.format(
            "%screated %d, updated %d, unchanged %d, different %d, refused %d",
            dryRun ? "dry run, nothing is stored: would have " : "",
            created,
            updated,
            unchanged,
            different,
            refused.size());
    return different > 0
        ? text + " (--update gives the different ones what the crontab says)"
        : text;
  }

  String json(boolean dryRun) {
    JsonObject result = new JsonObject();
    result.addProperty("dryRun", dryRun);
    result.addProperty("created", created);
    result.addProperty("updated", updated);
    result.addProperty("unchanged", unchanged);
    result.addProperty("different", different);
    JsonArray lines = new JsonArray();
    for (Refusal refusal : refusedByLine()) {
      JsonObject line = new JsonObject();
      line.addProperty("line", refusal.line());
      line.addProperty("reason", refusal.reason());
      lines.add(line);
    }
    result.add("refused", lines);
    return new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create().toJson(result);
  }
}
