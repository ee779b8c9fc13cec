package io.carillon.common.config;

/** A setting that is not allowed; the message begins with its key and says why. */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;

  public SettingException(String key, String reason) {
    super(key + ": " + reason);
    this.key = key;
  }

  /** Such as {@code lease-ttl}. */
  public String key() {
    return key;
  }
}
