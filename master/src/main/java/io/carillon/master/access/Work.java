package io.carillon.master.access;

/** What the call of a method does to the thread that it runs on. */
public enum Work {
  /** Comes by the thousand, and hands its work on after some microseconds. */
  CREATION,
  /** Computes for long, and never waits for anything else. */
  COMPUTATION,
  /** Has large requests, takes long to read them, and waits for long. */
  BULK,
  /** Waits for nothing, and must not wait for what does. */
  DELIVERY,
  /** Must be answered when all else waits for PostgreSQL. */
  OPERATION,
  /** Waits for PostgreSQL, and has a thread while it does. */
  OTHER
}
