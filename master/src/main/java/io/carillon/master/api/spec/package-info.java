/**
 * Specs of schedules on the wire: read into the vocabulary of {@code common.schedule}, refused with
 * a reason, and written back.
 */
package io.carillon.master.api.spec;
