package io.daybook.journal;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Tells a service that could not be reached in time from one that has refused a call for good. */
public final class Unreachable {
    private Unreachable() {}

    /** Whether the same call may work later: no answer came, or one of overload or of a fault on the service's side. */
    public static boolean is(SdkException e) {
        return !(e instanceof SdkServiceException answer)
                || answer.isThrottlingException()
                || answer.statusCode() >= 500;
    }

    /** Throws it again where the same call would never work, which is a fault of ours. */
    static void orThrow(SdkException e) {
        if (!is(e)) {
            throw e;
        }
    }
}
