package io.carillon.cli.schedule;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.Printable;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.PreviewedTime;
import io.carillon.v1.TimeNote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "preview",
    description =
        "Show the next times of a schedule, or of a draft (--cron, --every, …) that is not stored.")
public final class SchedulePreview extends ClientCommand {

  private static final int DEFAULT_COUNT = 10;

  @Mixin private PreviewOptions subject;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "How many (default: 10; with --until all up to 1000).")
  private int count;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Times after this one (default: now).")
  private Instant since;

  @Option(names = "--until", paramLabel = "TIME", description = "No times after this one.")
  private Instant until;

  @Option(
      names = "--show-excluded",
      description = "Also show the times that exclusions and calendars leave out.")
  private boolean showExcluded;

  @Override
  protected int run(CarillonClient client) {
    PreviewScheduleRequest.Builder request =
        subject.request(names()).setCount(count).setShowExcluded(showExcluded);
    if (since != null) {
      request.setAfterTime(TimeText.proto(since));
    }
    if (until != null) {
      request.setUntilTime(TimeText.proto(until));
    }
    PreviewScheduleResponse answer = client.schedules().previewSchedule(request.build());
    subject.remarks(request.build(), answer).forEach(this::say);
    if (output().isJson()) {
      output().one(answer, List.of());
      return ExitCode.OK;
    }
    if (!answer.getDescription().isEmpty()) {
      session().world().out().println(Printable.line(answer.getDescription()));
    }
    output().list(answer.getTimesList().iterator(), columns(answer.getTimesList()));
    if (until == null && answer.getTimesCount() < (count > 0 ? count : DEFAULT_COUNT)) {
      say("no further times");
    }
    if (!answer.getNote().isEmpty()) {
      say(answer.getNote());
    }
    return ExitCode.OK;
  }

  /** Without those in which nothing would stand. */
  private static List<Output.Column<PreviewedTime>> columns(List<PreviewedTime> times) {
    List<Output.Column<PreviewedTime>> columns = new ArrayList<>();
    columns.add(new Output.Column<>("LOCAL TIME", PreviewedTime::getLocalTime));
    columns.add(new Output.Column<>("UTC", t -> TimeText.show(t.getNominalTime())));
    if (times.stream().anyMatch(SchedulePreview::isJittered)) {
      columns.add(
          new Output.Column<>("DUE", t -> t.hasDueTime() ? TimeText.show(t.getDueTime()) : ""));
    }
    if (times.stream().anyMatch(t -> t.getNotesCount() > 0)) {
      columns.add(new Output.Column<>("NOTES", t -> notes(t.getNotesList())));
    }
    return columns;
  }

  private static boolean isJittered(PreviewedTime time) {
    return time.hasDueTime() && !time.getDueTime().equals(time.getNominalTime());
  }

  public static String notes(List<TimeNote> notes) {
    return notes.stream()
        .map(note -> note.getText().isEmpty() ? note.getKind().name() : note.getText())
        .collect(Collectors.joining("; "));
  }
}
