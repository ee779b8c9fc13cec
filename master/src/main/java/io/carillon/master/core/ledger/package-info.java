/** What revisions owe, compared with what is recorded. Pure: rows come in, differences go out. */
package io.carillon.master.core.ledger;
