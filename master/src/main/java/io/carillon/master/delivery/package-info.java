/**
 * Fires on their way from the log to sinks: the thread that runs delivery's core, reads for it and
 * writes settlements. No service of the API is known here, no protobuf, no stream.
 */
package io.carillon.master.delivery;
