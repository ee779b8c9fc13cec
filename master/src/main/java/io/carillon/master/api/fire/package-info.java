/**
 * FireService: the ledger as callers see it. Fires are listed, followed and explained, and the
 * ledger is verified on request. FireRpc, FireMessages and VerifyCall alone know messages.
 */
package io.carillon.master.api.fire;
