/** Destinations, cursors and what is settled or parked, in PostgreSQL. */
package io.carillon.master.store.delivery;
