package io.carillon.master.delivery;

/**
 * What goes with a fire beside its times. The same for all fires of a revision: never changed.
 *
 * @param schedule "tenants/…/schedules/…"
 */
public record FireContent(String schedule, byte[] payload, String payloadType) {}
