package io.carillon.master.api.call;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Function;

/**
 * Place in a list: the key of the last row of a page, with a checksum of it and of the request that
 * it belongs to.
 */
public final class PageToken {

  private static final int MAX_PAGE = 1000;
  private static final int DEFAULT_PAGE = 50;
  private static final int MAX_TOKEN = 1000;

  /** Characters of the checksum. */
  private static final int CHECK = 16;

  private PageToken() {}

  /** The page size to use: 0 means 50, more than 1000 means 1000. */
  public static int pageSize(int asked) {
    if (asked < 0) {
      throw ApiException.invalid("page_size", "FIELD_OUT_OF_RANGE", "must not be negative");
    }
    return asked == 0 ? DEFAULT_PAGE : Math.min(asked, MAX_PAGE);
  }

  /**
   * @param request what the list is of: every field of the request but page size and token
   */
  public static String of(String request, String lastKey) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((check(request, lastKey) + lastKey).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The key after which the page begins.
   *
   * @param first what the first page begins after
   * @param key reads a key; refuses by an IllegalArgumentException what none is: anybody can make
   *     up a token
   */
  public static <K> K lastKey(String request, String token, K first, Function<String, K> key) {
    if (token.isEmpty()) {
      return first;
    }
    try {
      if (token.length() <= MAX_TOKEN) {
        String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        if (text.length() > CHECK && text.startsWith(check(request, text.substring(CHECK)))) {
          return key.apply(text.substring(CHECK));
        }
      }
    } catch (IllegalArgumentException e) {
      // Not base64, or no key: refused below.
    }
    throw ApiException.invalid(
        "page_token",
        "PAGE_TOKEN_INVALID",
        "is not the next_page_token of a request with these fields: begin again without one");
  }

  /** The same where keys are ids; empty for the first page. */
  public static String lastId(String request, String token) {
    return lastKey(
        request,
        token,
        "",
        id -> {
          if (!ResourceName.isId(id)) {
            throw new IllegalArgumentException(id);
          }
          return id;
        });
  }

  private static String check(String request, String lastKey) {
    return Hashing.sha256()
        .newHasher()
        .putInt(request.length())
        .putUnencodedChars(request)
        .putUnencodedChars(lastKey)
        .hash()
        .toString()
        .substring(0, CHECK);
  }
}
