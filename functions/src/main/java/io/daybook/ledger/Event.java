package io.daybook.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/** What has happened: the lines of the journal. */
public sealed interface Event {
    String ledger();

    /** When it was written; never earlier than the newest event of any account it touches. */
    Instant recordedAt();

    /**
     * An account was opened (number 1) or changed (2, 3, …); the definition is the whole one from now on.
     *
     * @param openedAt when number 1 was recorded
     */
    record AccountDefined(
            String ledger, String account, long number, Definition definition, Instant openedAt, Instant recordedAt)
            implements Event {}

    /** One of the at most three events of a transaction. */
    sealed interface OfTransaction extends Event {
        String id();

        Origin origin();

        /** 0 placed, 1 ended, 2 reversed. */
        int number();

        List<Entry> entries();
    }

    /** Event 0: the ledger has decided on the request. */
    sealed interface Placed extends OfTransaction {
        Terms terms();

        @Override
        default int number() {
            return 0;
        }

        @Override
        default Origin origin() {
            return new Origin(recordedAt(), terms().effectiveAt(), terms().description());
        }
    }

    /** The postings were applied. */
    record Posted(String ledger, String id, Terms terms, List<Entry> entries, Instant recordedAt) implements Placed {}

    /** The postings were reserved. */
    record Held(String ledger, String id, Terms terms, List<Entry> entries, Instant recordedAt) implements Placed {}

    /** The request was turned down for good. */
    record Declined(String ledger, String id, Terms terms, Refusal.Decline reason, Instant recordedAt)
            implements Placed {
        @Override
        public List<Entry> entries() {
            return List.of();
        }
    }

    /** Event 1: a hold has ended, in one of three ways. */
    sealed interface Ended extends OfTransaction {
        @Override
        default int number() {
            return 1;
        }
    }

    /**
     * A hold was settled; what was held and not settled was released.
     *
     * @param amounts what was settled of each posting, in their order; 0 where a posting was dropped
     */
    record Settled(
            String ledger, String id, List<BigInteger> amounts, List<Entry> entries, Origin origin, Instant recordedAt)
            implements Ended {}

    /** A hold was released by its owner. */
    record Voided(String ledger, String id, List<Entry> entries, Origin origin, Instant recordedAt) implements Ended {}

    /** A hold was released because its time had come. */
    record Expired(String ledger, String id, List<Entry> entries, Origin origin, Instant recordedAt) implements Ended {}

    /**
     * Event 2: another transaction has reversed this one.
     *
     * @param by the id of the reversal
     */
    record Reversed(String ledger, String id, String by, Origin origin, Instant recordedAt) implements OfTransaction {
        @Override
        public int number() {
            return 2;
        }

        @Override
        public List<Entry> entries() {
            return List.of();
        }
    }
}
