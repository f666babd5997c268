package io.daybook.journal;

import io.daybook.ledger.Books;
import io.daybook.ledger.Refusal;

/** How a command ended. */
public sealed interface Outcome {
    /** How many appends were tried. */
    int tries();

    /**
     * The books hold the answer.
     *
     * @param written whether this call wrote it; otherwise it was so already
     */
    record Done(Books books, boolean written, int tries) implements Outcome {}

    /** Nothing happened, for this reason. */
    record Refused(Refusal refusal, int tries) implements Outcome {}

    /** Nothing was written: every race was lost, or the journal could not be reached. */
    record Contention(int tries) implements Outcome {}

    /** An attempt ended without an answer, and what became of it cannot be told yet. */
    record Unknown(int tries) implements Outcome {}
}
