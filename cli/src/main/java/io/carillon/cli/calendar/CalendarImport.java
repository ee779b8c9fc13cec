package io.carillon.cli.calendar;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.InputFile;
import io.carillon.cli.terminal.Output;
import io.carillon.client.CarillonClient;
import io.carillon.v1.ImportCalendarRequest;
import io.carillon.v1.ImportCalendarResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = {
      "Add the days of an iCalendar file to a calendar, which is made if it is not there.",
      "Taken are events that last whole days, recurring ones up to 2099.",
      "Lines that cannot be taken are told with their number (exit code 7); all else is taken."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon calendar import us-holidays.ics --id us-holidays",
      "  curl -fsS https://example.com/holidays.ics | carillon calendar import - --id holidays --replace"
    })
final class CalendarImport extends ClientCommand {

  private static final List<Output.Column<ImportCalendarResponse>> COLUMNS =
      List.of(
          new Output.Column<>("Calendar", r -> r.getCalendar().getName()),
          new Output.Column<>("Imported days", r -> "" + r.getImportedDays()),
          new Output.Column<>("Ignored events", r -> "" + r.getIgnoredEvents()),
          new Output.Column<>("Ranges of days", r -> "" + r.getCalendar().getDaysCount()),
          new Output.Column<>(
              "Pending schedules",
              r ->
                  r.getCalendar().getPendingSchedules() == 0
                      ? ""
                      : "" + r.getCalendar().getPendingSchedules()));

  @Parameters(paramLabel = "FILE", description = "The file; - for standard input.")
  private String file;

  @Option(
      names = "--id",
      required = true,
      paramLabel = "CALENDAR",
      description = "Id of the calendar, or its full name.")
  private String calendar;

  @Option(
      names = "--replace",
      description = "Take the days that the calendar has now away (default: add to them).")
  private boolean replace;

  /** Below what a master takes in one message. */
  private static final int MAX_BYTES = 15 << 20;

  @Override
  protected int run(CarillonClient client) throws IOException {
    byte[] content = InputFile.read(session().world(), file, MAX_BYTES);
    ImportCalendarResponse answer =
        client
            .calendars()
            .importCalendar(
                ImportCalendarRequest.newBuilder()
                    .setName(names().calendar(calendar))
                    .setIcalendar(text(content))
                    .setReplace(replace)
                    .build());
    output().one(answer, COLUMNS);
    answer
        .getFaultsList()
        .forEach(fault -> say(file + ":" + fault.getLine() + ": " + fault.getText()));
    return answer.getFaultsCount() == 0 ? ExitCode.OK : ExitCode.PARTIAL;
  }

  private String text(byte[] content) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(FoldedLines.wholeCharacters(content)))
          .toString();
    } catch (CharacterCodingException e) {
      throw wrongUsage(
          file + " is not UTF-8; convert it, for example with iconv -f latin1 -t utf-8");
    }
  }
}
