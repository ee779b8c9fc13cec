/**
 * The edge to the master over gRPC. Decides nothing but when to connect: what arrives is handed to
 * the loop thread, and what the core commands is sent. Every class here is used by the loop thread
 * alone; gRPC's own threads only ever post to it.
 */
package io.carillon.clocknode.rpc;
