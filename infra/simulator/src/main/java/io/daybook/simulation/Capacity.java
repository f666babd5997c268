package io.daybook.simulation;

import java.util.HashMap;
import java.util.Map;

/** How much a partition takes. */
interface Capacity {
    /** Whether the partition of this key takes so many more write units now. */
    boolean grants(String pk, int units);

    /** All there is: what gets in the way of the ordinary simulations is {@link Fault#WRITE_THROTTLED_IN_TRANSACTION}. */
    static Capacity unlimited() {
        return (pk, units) -> true;
    }

    /** So many write units a second for each key, as if DynamoDB had given each a partition of its own. */
    static Capacity perSecond(Scheduler scheduler, int most) {
        Map<String, Long> usedUpUntil = new HashMap<>();
        return (pk, units) -> {
            var from = Math.max(scheduler.now(), usedUpUntil.getOrDefault(pk, 0L));
            if (from > scheduler.now() + 1_000_000) {
                return false;
            }
            usedUpUntil.put(pk, from + units * 1_000_000L / most);
            return true;
        };
    }
}
