package io.daybook.ledger;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** How ledgers, accounts, transactions and idempotency keys may be named. */
public final class Names {
    /** What an account's name is made of, for messages. */
    public static final String ACCOUNT_FORM =
            "segments of letters, digits, '_', '.' and '-' joined by ':', at most 128 characters";

    /** What a ledger's name is made of, for messages. */
    public static final String LEDGER_FORM = "1 to 63 of a-z, 0-9 and '-', beginning with a letter or digit";

    private static final Pattern LEDGER = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern ACCOUNT =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*(?::[A-Za-z0-9][A-Za-z0-9_.-]*)*");
    private static final Pattern TRANSACTION = Pattern.compile("tx_[0-9a-hjkmnp-tv-z]{26}");
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private Names() {}

    public static boolean isLedger(String name) {
        return LEDGER.matcher(name).matches();
    }

    public static boolean isAccount(String name) {
        return name.length() <= 128 && ACCOUNT.matcher(name).matches();
    }

    public static boolean isTransaction(String id) {
        return TRANSACTION.matcher(id).matches();
    }

    /** Whether the text is an idempotency key: 1 to 255 visible ASCII characters. */
    public static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    /**
     * The name of a part of a striped account, or of the account itself where {@code stripe} is 0. No account has such a
     * name.
     */
    public static String part(String account, int stripe) {
        return stripe == 0 ? account : account + "#" + stripe;
    }

    /** The number of the part that has this name, 0 where it is an account's. */
    public static int stripe(String part) {
        return part.contains("#") ? Integer.parseInt(part.substring(part.indexOf('#') + 1)) : 0;
    }

    /** The names of what an account's money is kept in: its parts, or itself if it is not striped. */
    public static List<String> parts(String account, int stripes) {
        return stripes == 1
                ? List.of(account)
                : IntStream.rangeClosed(1, stripes)
                        .mapToObj(stripe -> part(account, stripe))
                        .toList();
    }

    /** The id of the transaction that belongs to an idempotency key of a ledger, known before it is posted. */
    public static String transactionOf(String ledger, String key) {
        return "tx_" + Fingerprint.of("transaction", ledger, key);
    }

    /** The id of the transaction that reverses another one: there can be only one. */
    public static String reversalOf(String ledger, String transaction) {
        return "tx_" + Fingerprint.of("reversal", ledger, transaction);
    }
}
