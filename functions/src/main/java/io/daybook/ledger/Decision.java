package io.daybook.ledger;

import java.util.List;

/** What a command leads to. */
public sealed interface Decision {
    /** These events are to be appended, all or none. */
    record Append(List<Event> events) implements Decision {}

    /** It is so already: the books hold the answer. */
    record Stands() implements Decision {}

    /** Nothing happens, for this reason. */
    record Refuse(Refusal refusal) implements Decision {}
}
