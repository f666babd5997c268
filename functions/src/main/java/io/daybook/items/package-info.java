/**
 * How events are written down: the one dictionary of attribute names, and the one mapping of events to items. The
 * journal, the queue's messages and the lists of the read side all use it.
 */
@NullMarked
package io.daybook.items;

import org.jspecify.annotations.NullMarked;
