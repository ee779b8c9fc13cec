package io.carillon.master.rpc;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Place in a list: the key of the last row of a page, bound by a checksum to the request that it
 * belongs to.
 */
final class PageToken {

  private static final int MAX_PAGE = 1000;
  private static final int DEFAULT_PAGE = 50;

  private PageToken() {}

  /** The page size to use: 0 means 50, more than 1000 means 1000. */
  static int pageSize(int asked) {
    if (asked < 0) {
      throw ApiException.invalid("page_size", "FIELD_OUT_OF_RANGE", "must not be negative");
    }
    return asked == 0 ? DEFAULT_PAGE : Math.min(asked, MAX_PAGE);
  }

  /**
   * @param request what the list is of: every field of the request but page size and token
   */
  static String of(String request, String lastKey) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((check(request) + lastKey).getBytes(StandardCharsets.UTF_8));
  }

  /** The key after which the page begins; empty for the first page. */
  static String lastKey(String request, String token) {
    if (token.isEmpty()) {
      return "";
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      if (text.startsWith(check(request)) && text.length() > 8) {
        return text.substring(8);
      }
    } catch (IllegalArgumentException e) {
      // Not base64: refused below.
    }
    throw ApiException.invalid(
        "page_token",
        "PAGE_TOKEN_INVALID",
        "is not the next_page_token of a request with these fields: begin again without one");
  }

  private static String check(String request) {
    return Hashing.murmur3_32_fixed().hashString(request, StandardCharsets.UTF_8).toString();
  }
}
