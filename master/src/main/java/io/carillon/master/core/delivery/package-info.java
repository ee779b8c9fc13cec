/**
 * What delivery decides: which fires a subscriber gets, when one comes again, what is settled, what
 * is parked. Pure, as the rest of the core is; it knows neither subscribers' streams nor tables.
 */
package io.carillon.master.core.delivery;
