/** {@code carillon schedule}: creating, changing, importing and previewing schedules. */
package io.carillon.cli.schedule;
