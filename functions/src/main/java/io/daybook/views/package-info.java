/**
 * The read side: the views table, what each event puts into it, and the queries it answers. Everything in it is derived
 * from the journal and can be dropped and rebuilt.
 */
@NullMarked
package io.daybook.views;

import org.jspecify.annotations.NullMarked;
