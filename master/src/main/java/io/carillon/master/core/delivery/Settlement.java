package io.carillon.master.core.delivery;

import java.util.List;

/**
 * What a destination wants made durable, all or nothing: the cursor and the progress rely on the
 * parked rows. To be made again, as it is, until it is known that it was made; that it is made
 * twice does no harm.
 *
 * @param destination its number
 * @param cursor every fire with a seq up to here is acknowledged, or is or will be parked by this
 * @param progress how the fires above the cursor stand
 * @param parked rows to write or overwrite
 * @param settled seqs of rows to delete, if they are there: acknowledged
 */
public record Settlement(
    int destination, long cursor, Progress progress, List<ParkedRow> parked, List<Long> settled) {

  public Settlement {
    parked = List.copyOf(parked);
    settled = List.copyOf(settled);
  }
}
