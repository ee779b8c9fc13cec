package io.carillon.chaos;

/** One fault: begun, ended, and its own witness. */
interface Fault {

  /** What it befalls. */
  String target();

  void begin() throws Exception;

  void end() throws Exception;

  /** Whether it was seen to bite. Asked after its end. */
  boolean bit();

  /** How that was seen. */
  String proof();
}
