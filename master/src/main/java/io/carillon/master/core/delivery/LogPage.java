package io.carillon.master.core.delivery;

/** Fires of a part of the log: all there are of the destination up to {@code coveredTo}. */
public record LogPage(Fires fires, long coveredTo) {}
