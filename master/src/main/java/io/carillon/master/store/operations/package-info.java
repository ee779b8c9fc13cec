/** Operations in PostgreSQL. */
package io.carillon.master.store.operations;
