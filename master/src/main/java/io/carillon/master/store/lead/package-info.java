/**
 * The lead in PostgreSQL: the lease, the lock of an epoch, the fence that every write of a leader
 * passes, and the requests it has answered.
 */
package io.carillon.master.store.lead;
