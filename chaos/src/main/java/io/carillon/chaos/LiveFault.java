package io.carillon.chaos;

/** One fault: begun, ended, and its own witness. */
interface LiveFault {

  /** What it befalls. */
  String target();

  void begin() throws Exception;

  void end() throws Exception;

  /** Whether it was seen to bite. Known after its end. */
  boolean bit();

  /** How that was seen. */
  String proof();
}
