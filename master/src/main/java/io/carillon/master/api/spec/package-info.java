/**
 * Specs of schedules: what ends in Messages reads them from the wire into the vocabulary of {@code
 * common.schedule}, refuses with a reason, and writes them back; the others know no messages.
 */
package io.carillon.master.api.spec;
