package io.daybook.bench;

/** Measures one thing, from nothing: what it needs it starts and stops itself. */
interface Bench {

    /** What it is called on the command line, and what the files of its results are called. */
    String name();

    /** Measures; it may take minutes. */
    Report run() throws Exception;
}
