package io.carillon.cli.fire;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.Printable;
import io.carillon.cli.terminal.ProgressBars;
import io.carillon.cli.terminal.TimeText;
import io.carillon.cli.terminal.UsageException;
import io.carillon.client.CarillonClient;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.carillon.v1.VerifyCompletenessResponse.Gap;
import io.carillon.v1.VerifyCompletenessResponse.Verdict;
import java.time.Instant;
import java.util.Iterator;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Prove that the ledger is complete: every nominal time of every revision is recorded, once, and not early,",
      "and so is every trigger that was answered and every backfill as far as it came.",
      "Exits with 8 if anything is missing, double, early, owed by nobody, or altered."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon verify",
      "  carillon verify --schedule nightly --from 2026-03-01T00:00:00Z",
      "  carillon verify --all -o json"
    })
public final class VerifyCommand extends ClientCommand {

  @Option(
      names = "--schedule",
      paramLabel = "SCHEDULE",
      description = "Only this one, and deleted ones of its name (default: all of the tenant).")
  private String schedule;

  @Option(names = "--all", description = "All schedules of all tenants.")
  private boolean all;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Nominal times from this one on (default: since the first schedule).")
  private Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Nominal times before this one (default: as far as it is settled).")
  private Instant to;

  @Option(
      names = "--max-gaps",
      paramLabel = "N",
      defaultValue = "100",
      description = "List at most so many gaps; all are counted (default: ${DEFAULT-VALUE}).")
  private int maxGaps;

  @Override
  protected int run(CarillonClient client) {
    if (all && schedule != null) {
      throw new UsageException("name a schedule, or give --all, not both");
    }
    VerifyCompletenessRequest.Builder request =
        VerifyCompletenessRequest.newBuilder().setParent(parent()).setMaxGaps(maxGaps);
    if (from != null) {
      request.setStartTime(TimeText.proto(from));
    }
    if (to != null) {
      request.setEndTime(TimeText.proto(to));
    }
    Output output = output();
    Verdict verdict = null;
    try (ProgressBar bar = ProgressBars.bar(session().world(), "verify", -1)) {
      Iterator<VerifyCompletenessResponse> answers =
          client.fires().verifyCompleteness(request.build());
      while (answers.hasNext()) {
        VerifyCompletenessResponse answer = answers.next();
        switch (answer.getContentCase()) {
          case PROGRESS -> show(answer.getProgress(), bar);
          case GAP -> output.line(answer, one -> line(one.getGap()));
          case VERDICT -> {
            verdict = answer.getVerdict();
            output.line(answer, one -> sentence(one.getVerdict()));
          }
          case CONTENT_NOT_SET -> say("an answer that this program does not know; update it");
        }
      }
    }
    if (verdict == null) {
      say("the master ended without a verdict; try again");
      return ExitCode.UNAVAILABLE;
    }
    return verdict.getComplete() ? ExitCode.OK : ExitCode.GAP;
  }

  private String parent() {
    if (all) {
      return Names.ALL_TENANTS;
    }
    return schedule == null ? names().parent() : names().schedule(schedule);
  }

  private static void show(VerifyCompletenessResponse.Progress progress, ProgressBar bar) {
    if (bar != null) {
      bar.maxHint(Math.max(1, progress.getSchedulesTotal()));
      bar.stepTo(progress.getSchedulesDone());
    }
  }

  private static String line(Gap gap) {
    String first = TimeText.show(gap.getFirstNominalTime());
    String times =
        gap.getCount() == 1
            ? first
            : gap.getCount()
                + " times from "
                + first
                + " to "
                + TimeText.show(gap.getLastNominalTime());
    return String.join(
        "  ",
        Printable.pad(gap.getKind().name(), 10),
        gap.getSchedule(),
        times,
        kind(gap) + "partition " + gap.getPartition() + detail(gap));
  }

  private static String kind(Gap gap) {
    return switch (gap.getFireKind()) {
      case MANUAL -> "triggered, ";
      case BACKFILL -> "backfill " + gap.getBackfill() + ", ";
      default -> "version " + gap.getVersion() + ", ";
    };
  }

  private static String detail(Gap gap) {
    return gap.getDetail().isEmpty() ? "" : ": " + gap.getDetail();
  }

  private static String sentence(Verdict verdict) {
    String range =
        TimeText.show(verdict.getStartTime()) + " to " + TimeText.show(verdict.getEndTime());
    String what =
        count(verdict.getOwedCount(), "nominal time")
            + " of "
            + count(verdict.getScheduleCount(), "schedule")
            + " ("
            + count(verdict.getRevisionCount(), "revision")
            + ") from "
            + range;
    if (verdict.getComplete()) {
      return "Complete: "
          + what
          + " are recorded once each, "
          + verdict.getFiredCount()
          + " fired and "
          + verdict.getSkippedCount()
          + " skipped.";
    }
    return "NOT COMPLETE: of "
        + what
        + ", "
        + verdict.getMissingCount()
        + " are missing and "
        + verdict.getEarlyCount()
        + " early; "
        + verdict.getDuplicateCount()
        + " are recorded twice, and "
        + count(verdict.getUnexpectedCount(), "row")
        + " nobody owes; "
        + count(verdict.getAlteredCount(), "row")
        + " cannot be as recorded.";
  }

  private static String count(long n, String of) {
    return n + " " + of + (n == 1 ? "" : "s");
  }
}
