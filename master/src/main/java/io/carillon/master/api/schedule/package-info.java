/**
 * ScheduleService: schedules are checked, created, changed, read, previewed, paused and backfilled.
 * Messages are read here and become what the core and the store work with.
 */
package io.carillon.master.api.schedule;
