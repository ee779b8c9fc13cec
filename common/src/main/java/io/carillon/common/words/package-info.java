/**
 * Schedules in plain English: what descriptions of cron expressions, rules, durations and local
 * times say.
 */
package io.carillon.common.words;
