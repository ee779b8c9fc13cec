/** Schedules and their revisions in PostgreSQL, with the calendars that they use. */
package io.carillon.master.store.schedules;
