/** ClusterService: the cluster as an operator sees and handles it. */
package io.carillon.master.api.cluster;
