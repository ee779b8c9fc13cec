package io.carillon.common.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component of a settings record means. Its name {@code leaseTtl} gives the key {@code
 * lease-ttl} of files, the option {@code --lease-ttl} and the variable {@code CARILLON_LEASE_TTL}.
 * The default is what the record's constant {@code DEFAULTS} has.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** A sentence or two for help and reference. */
  String value();

  /** How the value is written in help, such as {@code HOST:PORT}; empty: by its type. */
  String label() default "";

  /** Least value: a number, or a duration as {@link java.time.Duration#parse} reads it. */
  String min() default "";

  /** Largest value, alike. */
  String max() default "";

  /** What is used if there is none, in words; empty: the default itself says it. */
  String otherwise() default "";

  /** A server does not start without it. */
  boolean required() default false;

  /** Never shown, not taken from the command line, and may be in a file named by KEY-file. */
  boolean secret() default false;

  /** Few need it: only the reference tells of it, not the help. */
  boolean advanced() default false;
}
