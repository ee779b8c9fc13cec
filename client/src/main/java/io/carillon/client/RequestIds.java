package io.carillon.client;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * Ids for requests that carry none: UUIDs of version 7 (RFC 9562), which begin with the time in
 * milliseconds. The master keeps them in an index, where those of one moment are neighbours; at
 * random places each would cost a page of its own.
 */
final class RequestIds {

  private static final SecureRandom RANDOM = new SecureRandom();

  private RequestIds() {}

  static String next() {
    return of(System.currentTimeMillis(), RANDOM.nextLong(), RANDOM.nextLong()).toString();
  }

  /** 48 bits of time, version, 12 of the first random number, variant, 62 of the second. */
  static UUID of(long millis, long first, long second) {
    return new UUID(
        millis << 16 | 0x7000 | first & 0xfff, Long.MIN_VALUE | second & 0x3fff_ffff_ffff_ffffL);
  }
}
