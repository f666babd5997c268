package io.daybook.ledger;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How postings change the counters of the accounts they name, summed up for each account in order of appearance. */
final class Changes {
    private Changes() {}

    static Map<String, Counters> posted(List<Posting> postings) {
        var changes = new LinkedHashMap<String, Counters>();
        postings.forEach(posting -> add(changes, posting, posting.amount(), BigInteger.ZERO));
        return changes;
    }

    static Map<String, Counters> held(List<Posting> postings) {
        var changes = new LinkedHashMap<String, Counters>();
        postings.forEach(posting -> add(changes, posting, BigInteger.ZERO, posting.amount()));
        return changes;
    }

    static Map<String, Counters> released(List<Posting> held) {
        var changes = new LinkedHashMap<String, Counters>();
        held.forEach(posting ->
                add(changes, posting, BigInteger.ZERO, posting.amount().negate()));
        return changes;
    }

    /** Posts these amounts of a hold's postings, and releases the whole of what they had reserved. */
    static Map<String, Counters> settled(List<Posting> held, List<BigInteger> amounts) {
        var changes = new LinkedHashMap<String, Counters>();
        for (int i = 0; i < held.size(); i++) {
            add(changes, held.get(i), amounts.get(i), held.get(i).amount().negate());
        }
        return changes;
    }

    private static void add(Map<String, Counters> changes, Posting posting, BigInteger posted, BigInteger pending) {
        var debit = new Counters(posted, BigInteger.ZERO, pending, BigInteger.ZERO);
        var credit = new Counters(BigInteger.ZERO, posted, BigInteger.ZERO, pending);
        changes.merge(posting.debit(), debit, Counters::plus);
        changes.merge(posting.credit(), credit, Counters::plus);
    }
}
