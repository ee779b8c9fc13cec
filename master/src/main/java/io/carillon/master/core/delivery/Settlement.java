package io.carillon.master.core.delivery;

import java.util.List;

/**
 * What a destination wants made durable, all or nothing: the cursor relies on the parked rows.
 *
 * @param destination its number
 * @param cursor every fire with a seq up to here is acknowledged, or is or will be parked by this
 * @param parked rows to write or overwrite
 * @param settled seqs of rows to delete: acknowledged
 */
public record Settlement(int destination, long cursor, List<ParkedRow> parked, List<Long> settled) {

  public Settlement {
    parked = List.copyOf(parked);
    settled = List.copyOf(settled);
  }
}
