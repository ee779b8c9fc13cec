package io.carillon.master.rpc;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.v1.TimeNote;
import java.util.ArrayList;
import java.util.List;

/** What is special about times of specs, for people. */
final class TimeNotes {

  private TimeNotes() {}

  record Explanation(boolean isExcluded, int ruleIndex, List<TimeNote> notes, String text) {}

  static Explanation explain(ScheduleSpec spec, long schedule, long micros) {
    Occurrences times = spec.compile();
    boolean isTime = times.matches(micros);
    boolean ofRule = bare(spec, spec.rule()).matches(micros);
    int index = 0;
    if (spec.rule() instanceof UnionRule union) {
      for (int i = union.rules().size() - 1; i >= 0; i--) {
        if (bare(spec, union.rules().get(i)).matches(micros)) {
          index = i;
        }
      }
    }
    String local = LocalText.of(micros, spec.zone());
    String rule = Descriptions.describe(ScheduleSpec.of(spec.rule(), spec.zone()), "en").text();
    String text =
        isTime
            ? local + " is a time of the rule: " + rule + "."
            : ofRule
                ? local + " is a time of the rule, and is left out: " + rule + "."
                : local + " is not a time of the rule: " + rule + ".";
    return new Explanation(
        ofRule && !isTime, index, isTime ? notes(spec, schedule, micros) : List.of(), text);
  }

  static List<TimeNote> notes(ScheduleSpec spec, long schedule, long nominal) {
    List<TimeNote> notes = new ArrayList<>();
    long due = spec.compile().dueOf(schedule, nominal);
    if (schedule != 0 && due > nominal) {
      notes.add(
          TimeNote.newBuilder()
              .setKind(TimeNote.Kind.JITTERED)
              .setText("It is due " + DurationText.words(due - nominal) + " later.")
              .build());
    }
    return notes;
  }

  private static Occurrences bare(ScheduleSpec spec, Rule rule) {
    return new ScheduleSpec(
            rule,
            spec.zone(),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0,
            0,
            spec.gap(),
            spec.fold(),
            List.of(),
            BusinessDays.ALL,
            0)
        .compile();
  }
}
