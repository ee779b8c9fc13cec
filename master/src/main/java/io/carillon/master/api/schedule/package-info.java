/**
 * ScheduleService: schedules are checked, created, changed, read, previewed, paused and backfilled.
 * ScheduleRpc, and what ends in Requests, Messages and Call, reads messages into what the core and
 * the store work with, and shows that; the others know none.
 */
package io.carillon.master.api.schedule;
