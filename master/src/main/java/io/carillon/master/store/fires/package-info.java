/**
 * The ledger in PostgreSQL: the write lanes, commits of fires, the log and its partitions, and what
 * is read of it to show and to verify it.
 */
package io.carillon.master.store.fires;
