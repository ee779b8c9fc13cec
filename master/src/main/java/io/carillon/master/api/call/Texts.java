package io.carillon.master.api.call;

import io.carillon.common.text.OneLine;

/** Texts of requests. */
public final class Texts {

  private static final int MAX_REQUEST_ID = 100;

  private Texts() {}

  /**
   * A line of bounded length, without control characters.
   *
   * @param max number of characters
   * @throws ApiException that names {@code field}
   */
  public static String line(String field, String text, int max) {
    String fault = OneLine.fault(text, max);
    if (fault != null) {
      boolean tooLong = text.codePointCount(0, text.length()) > max;
      throw ApiException.invalid(field, tooLong ? "FIELD_OUT_OF_RANGE" : "FIELD_MALFORMED", fault);
    }
    return text;
  }

  /** The id under which a client may repeat a request; empty: it has none. */
  public static String requestId(String id) {
    return line("request_id", id, MAX_REQUEST_ID);
  }
}
