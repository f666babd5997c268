package io.daybook.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Calls and policies are held against each other, both ways. */
class PolicyTest {
    private static final AwsCall QUERY = new AwsCall("dynamodb:Query", "views", Map.of());
    private static final AwsCall SEND = new AwsCall("sqs:SendMessage", "events", Map.of());

    private static final String QUERIES = "{'Effect':'Allow','Action':'dynamodb:Query','Resource':'views'}";
    private static final String SENDS = "{'Effect':'Allow','Action':['sqs:SendMessage'],'Resource':['events']}";

    @Test
    void a_policy_that_allows_what_is_called_and_no_more_has_no_deviation() {
        assertThat(policy(QUERIES, SENDS).deviations(List.of(QUERY, SEND, SEND)))
                .isEmpty();
    }

    @Test
    void an_action_that_is_taken_away_is_missed() {
        assertThat(policy(QUERIES).deviations(List.of(QUERY, SEND)))
                .containsExactly("not allowed: sqs:SendMessage on events with {}");
    }

    @Test
    void an_action_or_a_resource_too_many_is_named() {
        var more = QUERIES.replace("'dynamodb:Query'", "['dynamodb:Query','dynamodb:Scan']");
        assertThat(policy(more).deviations(List.of(QUERY))).containsExactly("never used: dynamodb:Scan on views");
        var wider = QUERIES.replace("'views'", "['views','journal']");
        assertThat(policy(wider).deviations(List.of(QUERY))).containsExactly("never used: dynamodb:Query on journal");
    }

    @Test
    void another_resource_is_not_the_one_that_is_allowed() {
        var elsewhere = new AwsCall("dynamodb:Query", "journal", Map.of());
        assertThat(policy(QUERIES).allows(elsewhere)).isFalse();
        assertThat(policy(QUERIES.replace("'views'", "'view*'")).allows(QUERY)).isTrue();
        assertThat(policy(QUERIES.replace("'views'", "'views-*'")).allows(QUERY))
                .isFalse();
    }

    @Test
    void leading_keys_have_to_be_there_and_every_one_of_them_has_to_match() {
        var policy = policy("{'Effect':'Allow','Action':'dynamodb:BatchWriteItem','Resource':'*','Condition':{"
                + "'ForAllValues:StringLike':{'dynamodb:LeadingKeys':['outbox#*']},"
                + "'Null':{'dynamodb:LeadingKeys':'false'}}}");
        assertThat(policy.allows(deleting("outbox#0", "outbox#1"))).isTrue();
        assertThat(policy.allows(deleting("outbox#0", "a#main#cash"))).isFalse();
        assertThat(policy.allows(new AwsCall("dynamodb:BatchWriteItem", "journal", Map.of())))
                .isFalse();
    }

    @Test
    void each_write_of_a_transaction_is_judged_by_itself_and_as_a_part_of_it() {
        var policy = policy("{'Effect':'Allow','Action':'dynamodb:PutItem','Resource':'*','Condition':{"
                + "'ForAnyValue:StringEquals':{'dynamodb:EnclosingOperation':['TransactWriteItems']}}}");
        var key = Map.of("pk", AttributeValue.fromS("due#0"));
        var parts = AwsCall.of(TransactWriteItemsRequest.builder()
                .transactItems(
                        write -> write.put(put -> put.tableName("journal").item(key)),
                        write -> write.delete(
                                delete -> delete.tableName("journal").key(key)))
                .build());
        assertThat(parts).extracting(AwsCall::action).containsExactly("dynamodb:PutItem", "dynamodb:DeleteItem");
        assertThat(parts).extracting(policy::allows).containsExactly(true, false);
        assertThat(policy.allows(new AwsCall("dynamodb:PutItem", "journal", Map.of())))
                .isFalse();
    }

    @Test
    void what_is_not_understood_is_an_error() {
        var denies = QUERIES.replace("Allow", "Deny");
        assertThatThrownBy(() -> policy(denies)).hasMessageContaining("not understood");
        var timed = QUERIES.replace("}", ",'Condition':{'DateLessThan':{'aws:CurrentTime':'2027-01-01'}}}");
        assertThatThrownBy(() -> policy(timed).allows(QUERY)).hasMessage("not understood: DateLessThan");
    }

    private static Policy policy(String... statements) {
        return Policy.of(Stream.of(statements)
                .map(statement -> Answer.parse(statement.replace('\'', '"')))
                .toList());
    }

    private static AwsCall deleting(String... pks) {
        var writes = Stream.of(pks)
                .map(pk -> WriteRequest.builder()
                        .deleteRequest(delete -> delete.key(Map.of("pk", AttributeValue.fromS(pk))))
                        .build())
                .toList();
        return AwsCall.of(BatchWriteItemRequest.builder()
                        .requestItems(Map.of("journal", writes))
                        .build())
                .getFirst();
    }
}
