/**
 * Fires on their way from the log to subscribers: the tail of the log, what is held in memory of
 * it, lanes that run the pure dispatcher, and what writes settlements. No service of the API is
 * known here.
 */
package io.carillon.master.delivery;
