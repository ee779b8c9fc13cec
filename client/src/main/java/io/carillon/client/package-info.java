/**
 * The Java client of Carillon: the stubs of every service with deadlines and retries that fit them,
 * and {@link io.carillon.client.Subscription}, which hands fires to a handler.
 */
package io.carillon.client;
