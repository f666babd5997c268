package io.daybook.journal;

import io.daybook.ledger.Refusal;
import io.daybook.ledger.Transaction;
import java.util.List;
import java.util.SortedMap;

/** How an atomic batch ended. */
public sealed interface AtomicOutcome {
    /**
     * All of it is in the journal.
     *
     * @param transactions in the order of the batch, as they were when first answered
     * @param written whether this call wrote them; otherwise they were there already
     */
    record Done(List<Transaction> transactions, boolean written) implements AtomicOutcome {}

    /**
     * None of it was written.
     *
     * @param refusals why, by position in the batch
     */
    record Refused(SortedMap<Integer, Refusal> refusals) implements AtomicOutcome {}

    /**
     * None of it was written: it does not fit one append.
     *
     * @param writes how many it would take
     */
    record TooLarge(int writes, int allowed) implements AtomicOutcome {}

    /** None of it was written: every race was lost, or the journal could not be reached. */
    record Contention(int tries) implements AtomicOutcome {}

    /** An attempt ended without an answer, and what became of it cannot be told yet. */
    record Unknown() implements AtomicOutcome {}
}
