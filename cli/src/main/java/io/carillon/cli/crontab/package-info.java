/** Crontabs as cron reads them: a pure parser, and what a line becomes as a schedule. */
package io.carillon.cli.crontab;
