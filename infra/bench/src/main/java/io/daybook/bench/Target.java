package io.daybook.bench;

/** What is promised of a figure. */
record Target(Kind kind, double bound) {
    enum Kind {
        AT_MOST,
        AT_LEAST
    }

    static Target atMost(double bound) {
        return new Target(Kind.AT_MOST, bound);
    }

    static Target atLeast(double bound) {
        return new Target(Kind.AT_LEAST, bound);
    }

    boolean holds(double value) {
        return switch (kind) {
            case AT_MOST -> value <= bound;
            case AT_LEAST -> value >= bound;
        };
    }

    @Override
    public String toString() {
        return (kind == Kind.AT_MOST ? "at most " : "at least ") + Figure.text(bound);
    }
}
