package io.carillon.master.core.delivery;

/** Parked fires with the attempts made so far, and the next time of each. */
public record ParkedPage(Fires fires, long[] nextMicros) {}
