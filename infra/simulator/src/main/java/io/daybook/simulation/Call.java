package io.daybook.simulation;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One request that a client has sent, and what came of it in the journal. */
final class Call {
    final int number;
    final String ledger;
    final String route;
    /** The account or transaction in the path. */
    final String target;

    final String body;
    final Map<String, String> query;
    final Map<String, String> headers = new LinkedHashMap<>();
    /** The request of each idempotency key in it. */
    final Map<String, String> requests = new LinkedHashMap<>();

    final long startedAt;
    /** The events that it has written, each as {@code kind id}. */
    final Set<String> written = new LinkedHashSet<>();
    /** Keys whose money must not move through this call. */
    final Set<String> refusedKeys = new LinkedHashSet<>();

    /** It has been answered that nothing happens through it. */
    boolean refused;

    /** DynamoDB has refused it for a reason that no other try can overcome. */
    boolean hopeless;

    Call(
            int number,
            String ledger,
            String route,
            String target,
            String body,
            Map<String, String> query,
            long startedAt) {
        this.number = number;
        this.ledger = ledger;
        this.route = route;
        this.target = target;
        this.body = body;
        this.query = query;
        this.startedAt = startedAt;
    }

    boolean isAtomic() {
        return body.contains("\"atomic\":true");
    }

    boolean isDryRun() {
        return "true".equals(query.get("dryRun"));
    }

    @Override
    public String toString() {
        return "#" + number + " " + ledger + " " + route;
    }
}
