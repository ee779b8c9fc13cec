/**
 * Cron expressions of every dialect, read once into bit sets of fields; refusals name the position
 * and the reason.
 */
package io.carillon.common.cron;
