/** Nodes and partitions as they are stored. */
package io.carillon.master.store.cluster;
