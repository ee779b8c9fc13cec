/**
 * The proof that the ledger is complete: rows of the log held against the revisions, by the leader
 * in the background and for a caller.
 */
package io.carillon.master.verification;
