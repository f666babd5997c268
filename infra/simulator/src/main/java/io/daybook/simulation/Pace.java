package io.daybook.simulation;

/** How long calls to a service take. */
interface Pace {
    /** One attempt of a call; each part is asked for once, as it comes. In microseconds. */
    interface Attempt {
        /** Until the service begins with it. */
        long there();

        /** For how long a transaction holds its items. */
        long held();

        /** From when the service has done it until the caller has its answer. */
        long back();
    }

    /**
     * The next attempt of a call.
     *
     * @param items how many items it reads or writes
     */
    Attempt attempt(String operation, int items);

    /** Anything that may happen, mostly fast: what looks for faults, not for figures. */
    static Pace wild(Chance chance) {
        var attempt = new Attempt() {
            private static final int LONGEST_HELD = 12_000;

            @Override
            public long there() {
                return chance.latency();
            }

            @Override
            public long held() {
                return chance.between(100, LONGEST_HELD);
            }

            @Override
            public long back() {
                return chance.latency();
            }
        };
        return (operation, items) -> attempt;
    }
}
