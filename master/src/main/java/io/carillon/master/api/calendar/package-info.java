/**
 * CalendarService, and the worker that carries a changed calendar into the schedules that use it.
 */
package io.carillon.master.api.calendar;
