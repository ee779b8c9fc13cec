package io.carillon.master.core.ledger;

import io.carillon.master.core.Revision;
import java.util.ArrayList;
import java.util.List;

/** Who owned one partition under which epoch, as far back as that is known. */
public final class OwnerHistory {

  /**
   * An epoch begins.
   *
   * @param node null: nobody
   * @param recorded how far the partition was recorded then
   * @param seq the end of the log then
   */
  public record Since(long epoch, String node, Settled recorded, long seq) {}

  private final List<Since> epochs = new ArrayList<>();

  /** By rising epochs. */
  public void add(Since next) {
    epochs.add(next);
  }

  /**
   * The node that had to say a time of a revision as the partition came to it; empty if that is not
   * known.
   *
   * @param due by the watermark now, for an applied version
   */
  public String owing(Revision revision, long due) {
    for (int i = epochs.size() - 1; i >= 0; i--) {
      Since one = epochs.get(i);
      // It was still owed as this epoch began, and not any more as the next did.
      if (revision.owesAfter(one.recorded().watermark(), one.recorded().appliedVersion()) < due) {
        return one.node() == null ? "" : one.node();
      }
    }
    return "";
  }

  /** Whether a row of the log can have been recorded under an epoch. */
  boolean isUnder(long epoch, long seq) {
    for (int i = epochs.size() - 1; i >= 0; i--) {
      if (epochs.get(i).seq() < seq) {
        return epoch == epochs.get(i).epoch();
      }
    }
    return epochs.isEmpty() || epoch <= epochs.get(0).epoch();
  }
}
