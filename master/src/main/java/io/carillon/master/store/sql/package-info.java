/**
 * The connection to PostgreSQL: pools, sessions, time limits, faults by kind, and how rows are
 * read. Knows no table but those of every database.
 */
package io.carillon.master.store.sql;
