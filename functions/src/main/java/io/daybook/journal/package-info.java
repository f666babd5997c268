/**
 * The write side: the journal table with its heads, events and outbox, and the queue that events are published to.
 */
@NullMarked
package io.daybook.journal;

import org.jspecify.annotations.NullMarked;
