package io.carillon.cli.schedule;

import io.carillon.cli.crontab.Crontab;
import io.carillon.cli.crontab.CrontabParser;
import io.carillon.cli.crontab.CrontabSchedules;
import io.carillon.cli.crontab.CrontabSchedules.Planned;
import io.carillon.cli.crontab.StyleGuess;
import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.InputFile;
import io.carillon.cli.terminal.ProgressBars;
import io.carillon.client.CarillonClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = {
      "Create a schedule for each line of a crontab. The command, its input, user and environment become the payload.",
      "Can be run again: lines that are there already are left alone. Lines that left the crontab are not deleted."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  crontab -l | carillon schedule import --format crontab - --prefix alice",
      "  carillon schedule import --format crontab /etc/cron.d/php --zone Europe/Berlin --dry-run"
    })
final class ScheduleImport extends ClientCommand {

  /** Of the files that can be read. */
  enum Format {
    crontab
  }

  /** As given; auto looks at the file's place and content. */
  enum StyleOption {
    auto,
    user,
    system
  }

  private static final int TALK_EVERY = 5_000;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "crontab",
      description = "Format of the file.")
  private Format format;

  @Parameters(paramLabel = "FILE", description = "The file; - for standard input.")
  private String file;

  @Option(
      names = "--style",
      paramLabel = "user|system|auto",
      defaultValue = "auto",
      description =
          "Whether lines name a user, as in /etc/crontab and /etc/cron.d (default: ${DEFAULT-VALUE}).")
  private StyleOption style;

  @Option(
      names = "--zone",
      paramLabel = "ID",
      defaultValue = "UTC",
      description =
          "Time zone of lines that no CRON_TZ speaks for (default: ${DEFAULT-VALUE}). TZ is for the commands only.")
  private String zone;

  @Option(
      names = "--destination",
      paramLabel = "ID",
      description = "Where fires go (default: the destination \"default\").")
  private String destination;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "A label for all; may be repeated.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description =
          "Beginning of the ids, and value of the label \"import\" (default: the file's name).")
  private String prefix;

  @Option(
      names = "--update",
      description =
          "Give schedules that are there the labels, destination and payload of this import.")
  private boolean update;

  @Option(
      names = "--dry-run",
      description = "Say what would happen; the master checks each line, and stores nothing.")
  private boolean dryRun;

  /** A million lines and more. */
  private static final int MAX_BYTES = 256 << 20;

  @Override
  protected int run(CarillonClient client) throws IOException {
    byte[] content = InputFile.read(session().world(), file, MAX_BYTES);
    Crontab crontab =
        switch (format) {
          case crontab -> CrontabParser.parse(content, style(content));
        };
    CrontabSchedules schedules =
        new CrontabSchedules(
            prefix != null ? prefix : defaultPrefix(),
            zone,
            destination == null ? "" : names().destination(destination),
            labels);
    List<Planned> planned = schedules.plan(crontab.entries());
    ImportResult result = new ImportResult();
    result.refused.addAll(crontab.refusals());
    crontab.notes().forEach(note -> say(file + ":" + note.line() + ": " + note.text()));
    try (ProgressBar bar = ProgressBars.bar(session().world(), "import", planned.size())) {
      IntConsumer progress = bar == null ? talking(planned.size()) : bar::stepBy;
      new BulkCreation(client, names(), update, dryRun, result, progress)
          .run(planned, schedules.importLabel());
    } catch (RuntimeException e) {
      say("so far: " + result.summary(dryRun) + "; run it again to go on");
      throw e;
    }
    report(result);
    return result.exitCode();
  }

  private Crontab.Style style(byte[] content) {
    return switch (style) {
      case user -> Crontab.Style.USER;
      case system -> Crontab.Style.SYSTEM;
      case auto -> {
        String path = file.equals("-") ? "" : Path.of(file).toAbsolutePath().toString();
        Crontab.Style guess =
            StyleGuess.of(path, content)
                .orElseThrow(
                    () ->
                        wrongUsage(
                            "some lines may name a user before the command, others have none: say"
                                + " --style system or --style user"));
        if (guess == Crontab.Style.SYSTEM) {
          say("read in system style: the sixth word is the user (--style user if that is wrong)");
        }
        yield guess;
      }
    };
  }

  private String defaultPrefix() {
    if (file.equals("-")) {
      return "crontab";
    }
    return Path.of(file).getFileName().toString();
  }

  private void report(ImportResult result) {
    var out = session().world().out();
    if (output().isJson()) {
      out.println(result.json(dryRun));
    } else {
      for (Crontab.Refusal refusal : result.refusedByLine()) {
        say(file + ":" + refusal.line() + ": " + refusal.reason());
      }
      out.println(result.summary(dryRun));
    }
    out.flush();
  }

  private IntConsumer talking(int lines) {
    int[] done = {0, TALK_EVERY};
    return step -> {
      done[0] += step;
      if (done[0] >= done[1] && done[0] < lines) {
        say(done[0] + " of " + lines + " lines");
        done[1] = done[0] + TALK_EVERY;
      }
    };
  }
}
