package io.daybook.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be asked of the ledger. A command is well-formed; whether it can be done is for {@link Ledger#decide}. */
public sealed interface Command {
    String ledger();

    /** A command on an account's definition. */
    sealed interface OnAccount extends Command {
        String account();
    }

    /** A command on a transaction that is there already. */
    sealed interface OnTransaction extends Command {
        String transaction();

        /** The transaction that moves the money. */
        default String moving() {
            return transaction();
        }
    }

    /** Opens an account, or finds it opened by the same request. */
    record OpenAccount(String ledger, String account, Definition definition) implements OnAccount {}

    /** Changes what can be changed of an account's definition. */
    record ChangeAccount(String ledger, String account, List<Amendment> amendments) implements OnAccount {}

    /** One change of a definition. */
    sealed interface Amendment {
        record Minimum(@Nullable BigInteger value) implements Amendment {}

        record Maximum(@Nullable BigInteger value) implements Amendment {}

        record Description(@Nullable String value) implements Amendment {}

        /** Sets a pair, or removes it where the value is null. */
        record Pair(String key, @Nullable String value) implements Amendment {}

        record Closed(boolean value) implements Amendment {}
    }

    /**
     * Posts a transaction, or places it as a hold.
     *
     * @param id that of the transaction, which follows from ledger and key
     * @param fingerprint that of the request, the same in whatever order or notation it was written
     * @param effectiveAt null for the time it is recorded
     * @param expect the version that an account of its postings must still have
     */
    record PostTransaction(
            String id,
            String fingerprint,
            String ledger,
            String key,
            List<Posting> postings,
            boolean pending,
            @Nullable Instant expiresAt,
            @Nullable Instant effectiveAt,
            Map<String, Long> expect,
            @Nullable String description,
            Map<String, String> metadata)
            implements Command {
        public PostTransaction {
            postings = List.copyOf(postings);
            expect = Map.copyOf(expect);
            metadata = Metadata.sorted(metadata);
        }

        public PostTransaction(
                String ledger,
                String key,
                List<Posting> postings,
                boolean pending,
                @Nullable Instant expiresAt,
                @Nullable Instant effectiveAt,
                Map<String, Long> expect,
                @Nullable String description,
                Map<String, String> metadata) {
            var fingerprint = Fingerprint.of(
                    pending ? "hold" : "post",
                    postings.stream()
                            .map(posting -> posting.debit() + " " + posting.credit() + " " + posting.amount())
                            .collect(Collectors.joining(",")),
                    String.valueOf(expiresAt),
                    String.valueOf(effectiveAt),
                    new TreeMap<>(expect).toString(),
                    description == null ? "-" : "+" + description,
                    Metadata.canonical(Metadata.sorted(metadata)));
            this(
                    Names.transactionOf(ledger, key),
                    fingerprint,
                    ledger,
                    key,
                    postings,
                    pending,
                    expiresAt,
                    effectiveAt,
                    expect,
                    description,
                    metadata);
        }

        /** The accounts that its postings name, each once, in their order. */
        public List<String> accounts() {
            return accountsOf(postings);
        }
    }

    /**
     * Settles a hold.
     *
     * @param postings what to settle of each held posting, in their order; null for the whole
     */
    record SettleHold(
            String ledger, String transaction, @Nullable List<Posting> postings) implements OnTransaction {}

    /** Releases a hold. */
    record VoidHold(String ledger, String transaction) implements OnTransaction {}

    /** Releases a hold whose time has come. */
    record ExpireHold(String ledger, String transaction) implements OnTransaction {}

    /** Posts the mirror of what a transaction posted. */
    record ReverseTransaction(
            String ledger, String transaction, @Nullable String description, Map<String, String> metadata)
            implements OnTransaction {
        public String id() {
            return Names.reversalOf(ledger, transaction);
        }

        @Override
        public String moving() {
            return id();
        }
    }

    /** The accounts that postings name, each once, in their order. */
    static List<String> accountsOf(List<Posting> postings) {
        var accounts = new LinkedHashSet<String>();
        for (var posting : postings) {
            accounts.add(posting.debit());
            accounts.add(posting.credit());
        }
        return List.copyOf(accounts);
    }
}
