package io.carillon.common.cron;

/** The values of H. They must never change, or schedules would move. */
final class HashSlot {

  private HashSlot() {}

  /**
   * A number from 0 to before {@code choices}, evenly over all slots, and independent between
   * fields of different labels.
   */
  static int choose(int slot, CronField field, int choices) {
    // The finalizer of SplitMix64, then its upper half scaled to the choices.
    long hash = (long) field.label.hashCode() << 32 | (slot & 0xffff_ffffL);
    hash = (hash ^ hash >>> 30) * 0xbf58_476d_1ce4_e5b9L;
    hash = (hash ^ hash >>> 27) * 0x94d0_49bb_1331_11ebL;
    hash ^= hash >>> 31;
    return (int) ((hash >>> 32) * choices >>> 32);
  }
}
