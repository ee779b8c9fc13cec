/** The proof that the ledger is complete: rows of the log held against the revisions. */
package io.carillon.master.verification;
