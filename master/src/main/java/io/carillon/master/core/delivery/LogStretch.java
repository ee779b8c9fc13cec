package io.carillon.master.core.delivery;

/** Fires of a stretch of the log: all there are of the destination up to {@code coveredTo}. */
public record LogStretch(Fires fires, long coveredTo) {}
