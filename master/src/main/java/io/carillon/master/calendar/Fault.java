package io.carillon.master.calendar;

/**
 * @param line from 1
 * @param text what is wrong with the line, and what becomes of it; goes on after "line 7"
 */
public record Fault(int line, String text) {}
