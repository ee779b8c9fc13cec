/** {@code carillon calendar}: calendars of days, and their import from iCalendar files. */
package io.carillon.cli.calendar;
