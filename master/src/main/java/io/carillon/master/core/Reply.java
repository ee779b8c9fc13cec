package io.carillon.master.core;

/** Where an answer of the core goes. Called by the shell, never by the core. */
public interface Reply<T> {
  void with(T answer);
}
