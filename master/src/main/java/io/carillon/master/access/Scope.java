package io.carillon.master.access;

/** What a method touches, and so where its role must be held. */
public enum Scope {
  /** The resources of one tenant. */
  TENANT,
  /** What all tenants share. */
  CLUSTER
}
