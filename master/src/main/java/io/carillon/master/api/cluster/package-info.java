/**
 * ClusterService: the cluster as an operator sees and handles it, with the events of the core as
 * those who watch and the log are told of them.
 */
package io.carillon.master.api.cluster;
