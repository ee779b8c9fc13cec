/**
 * Calendars from iCalendar files: which days a file names. Pure: a text comes in, days and what is
 * wrong with lines come out.
 */
package io.carillon.master.calendar;
