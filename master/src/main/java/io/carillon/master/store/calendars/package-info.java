/** Calendars in PostgreSQL. */
package io.carillon.master.store.calendars;
