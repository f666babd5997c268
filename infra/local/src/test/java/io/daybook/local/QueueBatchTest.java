package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.sqs.model.Message;

class QueueBatchTest {

    private static final List<Message> BATCH = List.of(message("m1"), message("m2"), message("m3"));

    @ParameterizedTest(name = "{0}: {1} succeeded")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            null                                                                       | m1 m2 m3
            {}                                                                         | m1 m2 m3
            {"batchItemFailures":null}                                                 | m1 m2 m3
            {"batchItemFailures":[]}                                                   | m1 m2 m3
            {"batchItemFailures":[{"itemIdentifier":"m2"}]}                            | m1 m3
            {"batchItemFailures":[{"itemIdentifier":"m2"},{"itemIdentifier":"m2"}]}    | m1 m3
            {"batchItemFailures":[{"itemIdentifier":"m1"},{"itemIdentifier":"m3"}]}    | m2
            {"batchItemFailures":[{"itemIdentifier":"m2"},{"itemIdentifier":"other"}]} |
            {"batchItemFailures":[{"itemIdentifier":""}]}                              |
            {"batchItemFailures":[{"itemIdentifier":null}]}                            |
            {"batchItemFailures":[{"itemIdentifier":2}]}                               |
            {"batchItemFailures":[{"id":"m2"}]}                                        |
            {"batchItemFailures":[null]}                                               |
            {"batchItemFailures":"m2"}                                                 |
            "done"                                                                     |
            {broken                                                                    |
            """)
    void the_answer_names_what_failed(String answer, String succeeded) {
        assertThat(QueueBatch.succeeded(BATCH, answer.getBytes(UTF_8)))
                .extracting(Message::messageId)
                .containsExactly(Optional.ofNullable(succeeded)
                        .map(ids -> ids.split(" ", -1))
                        .orElse(new String[0]));
    }

    private static Message message(String id) {
        return Message.builder().messageId(id).build();
    }
}
