/**
 * The settings of servers: a record for each concern, checked as it is made. Where a value comes
 * from (options, environment, file, defaults) is the loader's matter, at the edge.
 *
 * <p>A component of such a record is a setting: {@link io.carillon.common.config.Setting} says what
 * it means, and its name gives the key, the option and the variable. To add one, add a component;
 * to add a concern, a record, and name it where servers list theirs.
 */
package io.carillon.common.config;
