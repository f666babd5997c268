/**
 * The rules of the ledger, as pure functions over immutable values.
 *
 * <p>{@link io.daybook.ledger.Ledger#decide} says what a command leads to, {@link io.daybook.ledger.Ledger#evolve} what an
 * event changes. Nothing here knows AWS, JSON, a clock or a log.
 */
@NullMarked
package io.daybook.ledger;

import org.jspecify.annotations.NullMarked;
