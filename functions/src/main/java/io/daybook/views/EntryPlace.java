package io.daybook.views;

import io.daybook.ledger.Timestamp;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An entry's place in the list of its account's entries, which goes by time, then by number, then by part.
 *
 * @param stripe 0 where the account is not striped
 */
public record EntryPlace(Instant recordedAt, long version, int stripe) {
    private static final Pattern FORM = Pattern.compile("([0-9TZ:.-]{27})#([0-9]{12})(?:#([0-9]{2}))?");

    /** Reads what {@link #text} wrote; empty where it is nothing of the kind. */
    public static Optional<EntryPlace> parse(String text) {
        var parts = FORM.matcher(text);
        return parts.matches()
                ? Timestamp.parse(parts.group(1))
                        .map(at -> new EntryPlace(
                                at,
                                Long.parseLong(parts.group(2)),
                                parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3))))
                : Optional.empty();
    }

    /** Sorts as the places do. */
    public String text() {
        var inPart = Keys.inEntries(recordedAt, version);
        return stripe == 0 ? inPart : inPart + String.format(Locale.ROOT, "#%02d", stripe);
    }

    /** The sort key in a part behind which the list goes on after this place. */
    String in(int part, boolean ascending) {
        var passed = ascending ? part <= stripe : part >= stripe;
        return Keys.inEntries(recordedAt, passed ? version : ascending ? version - 1 : version + 1);
    }
}
