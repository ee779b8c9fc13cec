package io.carillon.master.core.delivery;

/** Fires for a subscriber. */
public record Send(int subscriber, Fires fires) {}
