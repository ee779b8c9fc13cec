/** What a text may contain that others are shown. */
package io.carillon.common.text;
