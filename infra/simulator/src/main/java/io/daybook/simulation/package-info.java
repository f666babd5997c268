/**
 * A deterministic simulator: the real handlers on DynamoDB and SQS in memory, one thread at a time, with a virtual clock
 * and with all that can go wrong, out of one seed; and an auditor that keeps books of its own.
 *
 * <p>Null-unmarked: an attribute or account that is missing where it must be is a find, by whatever exception.
 */
@NullUnmarked
package io.daybook.simulation;

import org.jspecify.annotations.NullUnmarked;
