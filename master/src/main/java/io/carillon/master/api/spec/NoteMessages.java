package io.carillon.master.api.spec;

import io.carillon.common.schedule.SpecNotes;
import io.carillon.v1.TimeNote;
import java.util.List;

/** What is special about times, as the API shows it. */
public final class NoteMessages {

  private NoteMessages() {}

  public static List<TimeNote> of(List<SpecNotes.TimeNote> notes) {
    return notes.stream().map(NoteMessages::message).toList();
  }

  private static TimeNote message(SpecNotes.TimeNote note) {
    return TimeNote.newBuilder()
        .setKind(
            switch (note.kind()) {
              case SHIFTED_OUT_OF_GAP -> TimeNote.Kind.SHIFTED_OUT_OF_GAP;
              case FIRST_OF_FOLD -> TimeNote.Kind.FIRST_OF_FOLD;
              case SECOND_OF_FOLD -> TimeNote.Kind.SECOND_OF_FOLD;
              case MOVED_BY_CALENDAR -> TimeNote.Kind.MOVED_BY_CALENDAR;
              case EXCLUDED -> TimeNote.Kind.EXCLUDED;
              case JITTERED -> TimeNote.Kind.JITTERED;
            })
        .setText(note.text())
        .build();
  }
}
