package io.daybook.api;

import io.daybook.ledger.Command;
import io.daybook.ledger.Names;
import io.daybook.ledger.Posting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a transaction is asked for. */
final class TransactionBody {
    private TransactionBody() {}

    /** Reads what one transaction is made of; its faults are noted in {@code body}. */
    static Command.PostTransaction read(Fields body, String ledger, String key) {
        var postings = body.objects("postings", 1, Posting.MAX_PER_TRANSACTION, part -> posting(part, 1));
        var pending = body.flag("pending");
        var expiresAt = body.time("expiresAt");
        if (expiresAt != null && !pending) {
            body.fault("/expiresAt", "is only for what is pending");
        }
        return new Command.PostTransaction(
                ledger,
                key,
                postings,
                pending,
                expiresAt,
                body.time("effectiveAt"),
                expect(body, postings),
                body.text("description"),
                body.metadata("metadata"));
    }

    static Posting posting(Fields part, int leastAmount) {
        var debit = account(part, "debit");
        var credit = account(part, "credit");
        if (debit.isPresent() && debit.equals(credit)) {
            part.fault("/credit", "must be another account than the one debited");
        }
        return new Posting(debit.orElse(""), credit.orElse(""), part.amount("amount", leastAmount));
    }

    private static Optional<String> account(Fields part, String side) {
        return part.required(
                side, text -> Optional.of(text).filter(Names::isAccount), "an account: " + Names.ACCOUNT_FORM);
    }

    private static Map<String, Long> expect(Fields body, List<Posting> postings) {
        var expected = new LinkedHashMap<String, Long>();
        body.entries("expect", (part, account) -> {
            if (!Command.accountsOf(postings).contains(account)) {
                part.fault("/" + account.replace("~", "~0").replace("/", "~1"), "must be an account of the postings");
            }
            part.refuseNull(account, "a version");
            var version = part.count(account, 0, Long.MAX_VALUE);
            if (version != null) {
                expected.put(account, version);
            }
            return account;
        });
        return expected;
    }
}
