/** Work for a cluster, and what the ledger says became of it. */
package io.carillon.bench.load;
