/**
 * Specs of schedules, and the times that they mean in their zone: the engine that master, clock
 * node and verification share. Pure.
 */
package io.carillon.common.schedule;
