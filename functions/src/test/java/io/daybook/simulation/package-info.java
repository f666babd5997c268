/**
 * A deterministic simulator: the real handlers on DynamoDB and SQS in memory, one thread at a time, with a virtual clock
 * and with all that can go wrong, out of one seed; and an auditor that keeps books of its own.
 */
package io.daybook.simulation;
