package io.carillon.cli.schedule;

import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.UsageException;
import io.carillon.common.cron.CronParser;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.Rule;
import io.carillon.v1.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A stored schedule, or a draft of one, and how to speak of it. */
final class PreviewOptions {

  @Parameters(
      arity = "0..1",
      paramLabel = "SCHEDULE",
      description = "Id of the schedule, or its full name.")
  private String schedule;

  @Mixin private SpecOptions spec;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Of a draft: the id that it is to get; what H stands for depends on it.")
  private String draftId;

  @Option(
      names = "--language",
      paramLabel = "TAG",
      description = "Language of the description, such as de or pt-BR (default: en).")
  private String language;

  PreviewScheduleRequest.Builder request(Names names) {
    if ((schedule != null) == spec.given()) {
      throw new UsageException(
          "give the id of a schedule, or a draft by --cron, --every, --rrule, --at or --after");
    }
    if (schedule != null && draftId != null) {
      throw new UsageException("--id is of a draft, and a stored schedule has its own");
    }
    PreviewScheduleRequest.Builder request = PreviewScheduleRequest.newBuilder();
    if (schedule != null) {
      request.setName(names.schedule(schedule));
    } else {
      request.setSpec(spec.spec(names)).setParent(names.parent());
    }
    if (draftId != null) {
      request.setScheduleId(draftId);
    }
    if (language != null) {
      request.setLanguage(language);
    }
    return request;
  }

  /** What to know besides the answer, a line each; it belongs on stderr. */
  List<String> remarks(PreviewScheduleRequest request, PreviewScheduleResponse answer) {
    List<String> remarks = new ArrayList<>();
    if (request.hasSpec() && draftId == null && hasHashSlot(request.getSpec())) {
      remarks.add("what H stands for depends on the id of the schedule: give it by --id");
    }
    if (language != null && !isEnglish(language) && isEnglish(answer.getLanguage())) {
      remarks.add("this cannot be described in \"" + language + "\": it is in English");
    }
    return remarks;
  }

  private static boolean isEnglish(String tag) {
    return Locale.forLanguageTag(tag).getLanguage().equals("en");
  }

  private static boolean hasHashSlot(ScheduleSpec spec) {
    return Stream.concat(
            Stream.of(spec.getCron()), spec.getUnion().getRulesList().stream().map(Rule::getCron))
        .anyMatch(cron -> CronParser.hasHashSlot(cron.getExpression()));
  }
}
