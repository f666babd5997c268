package io.daybook.simulation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** MiniStack, as infra/emulators/run starts it. Where it is not like AWS, a test says how, and fails once it is. */
@EnabledIfEnvironmentVariable(
        named = "DAYBOOK_EMULATOR",
        matches = "ministack",
        disabledReason = "infra/emulators/run starts MiniStack for it")
class MiniStackConformanceTest extends EndpointConformanceTest {

    /** It counts the body alone. */
    @Test
    @Override
    void a_message_has_at_most_256_KiB_its_attributes_included() {
        try {
            assertThatThrownBy(super::a_message_has_at_most_256_KiB_its_attributes_included)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("Expecting code to raise a throwable");
        } finally {
            // The message that should have been refused.
            sqs().purgeQueue(purge -> purge.queueUrl(queueUrl()));
        }
    }
}
