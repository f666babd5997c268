package io.daybook.api;

import io.daybook.ledger.Fingerprint;
import io.daybook.views.EntryPlace;
import io.daybook.views.Paging;
import io.daybook.views.Range;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Opaque cursors. A cursor holds a place in a list and a check over the list it was made for; which list is read comes
 * from the URL alone, so that no cursor leads out of it.
 *
 * @param list what identifies the list: its path, and the parameters that choose and order its items
 * @param isPlace whether a text may be a place in it
 */
record Cursors(List<String> list, Predicate<String> isPlace) {
    private static final int CHECK = 10;

    /** No list has a longer sort key. */
    private static final int LONGEST_PLACE = 256;

    /** Of a list of an account's entries within a stretch of time. */
    static Cursors ofEntries(String kind, String ledger, String account, Range range) {
        return new Cursors(
                List.of(kind, ledger, account, range.toString()),
                place -> EntryPlace.parse(place)
                        .filter(it -> range.contains(it.recordedAt()))
                        .isPresent());
    }

    /** The page that the request asks for. */
    Paging paging(Request request) {
        return paging(request, request.ascending());
    }

    /** The page that the request asks for, of a list that has one order only: its oldest first. */
    Paging ascendingPaging(Request request) {
        return paging(request, true);
    }

    private Paging paging(Request request, boolean ascending) {
        var after = request.parameter("cursor", Optional::of, "").map(cursor -> read(cursor, ascending));
        return new Paging(request.limit(), ascending, after);
    }

    Function<String, String> writer(Paging paging) {
        return place -> Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((check(place, paging.ascending()) + place).getBytes(StandardCharsets.UTF_8));
    }

    private String read(String cursor, boolean ascending) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (text.length() > CHECK) {
                var place = text.substring(CHECK);
                if (place.length() <= LONGEST_PLACE
                        && text.startsWith(check(place, ascending))
                        && isPlace.test(place)) {
                    return place;
                }
            }
        } catch (IllegalArgumentException e) {
            // Not even base64: answered like any cursor that is not ours.
        }
        throw foreign();
    }

    /** What a cursor is answered with that is broken or was made for another list. */
    private static Problem.Refused foreign() {
        return Problem.of(
                        ProblemType.INVALID_CURSOR,
                        "Use the next of the page before, with the same path and parameters.")
                .refused();
    }

    private String check(String place, boolean ascending) {
        return Fingerprint.of(String.join("\n", list), place, ascending ? "asc" : "desc")
                .substring(0, CHECK);
    }
}
