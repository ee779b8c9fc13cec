/**
 * A cluster of real processes under faults: nemesis, workload, and a checker that knows only what
 * clients were answered, what is in the ledger, and what subscribers saw.
 */
package io.carillon.chaos;
