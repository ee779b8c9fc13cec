/** Microseconds as the unit of time, and what comes from a clock, as arguments. */
package io.carillon.common.time;
