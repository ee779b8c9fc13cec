package io.carillon.master.access;

/** Which masters carry out a call; at every other one it is passed on. */
public enum Answerer {
  /** It only reads PostgreSQL, so each is as good as the leader. */
  ANY_MASTER,
  /** It writes, or needs what the leader alone knows. */
  LEADER
}
