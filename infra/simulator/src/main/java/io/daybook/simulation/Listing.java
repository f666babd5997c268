package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A list that is read to its end: in order, nothing twice, and nothing left out that was there at its beginning. */
final class Listing {
    private final Call first;
    private final Set<String> required;
    private final Function<JsonNode, String> place;
    private final BiConsumer<Call, JsonNode> judge;
    private final Set<String> seen = new HashSet<>();
    private String last = "";

    /**
     * @param required the places of what the view held for sure
     * @param place where an item is in the order of the list
     * @param judge holds one item against the books
     */
    Listing(Call first, Set<String> required, Function<JsonNode, String> place, BiConsumer<Call, JsonNode> judge) {
        this.first = first;
        this.required = required;
        this.place = place;
        this.judge = judge;
    }

    void judge(Call call, JsonNode page) {
        var most = Integer.parseInt(call.query.get("limit"));
        unless(page.path("items").size() <= most, "%s has more items than were asked for", call);
        for (var item : page.path("items")) {
            var here = place.apply(item);
            var follows = isAscending() ? here.compareTo(last) > 0 : here.compareTo(last) < 0;
            unless(last.isEmpty() || follows, "%s lists %s after %s", call, here, last);
            last = here;
            seen.add(here);
            judge.accept(call, item);
        }
    }

    void end() {
        for (var place : required) {
            unless(
                    seen.contains(place),
                    "%s was there at the beginning of %s %s and is not listed",
                    place,
                    first,
                    first.query);
        }
    }

    private boolean isAscending() {
        return first.query.get("order").equals("asc");
    }
}
