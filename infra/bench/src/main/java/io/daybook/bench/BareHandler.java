package io.daybook.bench;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * The calls of a two-account transaction and nothing around them: no JSON, no rules, no logs, no metrics. It reads two
 * heads, writes four items, which are nobody else's, and sends one message.
 */
public final class BareHandler implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
    private static final List<String> ACCOUNTS = List.of("cash", "users:alice");

    private final String table = System.getenv("JOURNAL_TABLE");
    private final String queue = System.getenv("EVENTS_QUEUE_URL");
    private final DynamoDbClient dynamoDb = DynamoDbClient.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    private final SqsClient sqs = SqsClient.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
        var now = Instant.now().toString();
        var heads = dynamoDb.batchGetItem(get -> get.requestItems(Map.of(
                        table,
                        KeysAndAttributes.builder()
                                .consistentRead(true)
                                .keys(ACCOUNTS.stream().map(BareHandler::head).toList())
                                .build())))
                .responses()
                .getOrDefault(table, List.of());
        dynamoDb.transactWriteItems(write -> write.transactItems(
                put("a#bare#cash", "head", now),
                put("a#bare#users:alice", "head", now),
                put("t#bare#order-42", "0", now),
                put("outbox#0", now, now)));
        sqs.sendMessage(send -> send.queueUrl(queue)
                .messageBody("{\"events\":[\"" + now + "\"]}")
                .messageAttributes(Map.of(
                        "correlationId",
                        MessageAttributeValue.builder()
                                .dataType("String")
                                .stringValue("sample-PostTransaction")
                                .build())));
        return APIGatewayV2HTTPResponse.builder()
                .withStatusCode(201)
                .withBody("{\"heads\":" + heads.size() + "}")
                .build();
    }

    private static Map<String, AttributeValue> head(String account) {
        return Map.of("pk", AttributeValue.fromS("a#sample#" + account), "sk", AttributeValue.fromS("head"));
    }

    private TransactWriteItem put(String pk, String sk, String now) {
        return TransactWriteItem.builder()
                .put(Put.builder()
                        .tableName(table)
                        .item(Map.of(
                                "pk", AttributeValue.fromS(pk),
                                "sk", AttributeValue.fromS(sk),
                                "t", AttributeValue.fromS(now),
                                "n", AttributeValue.fromN("1")))
                        .conditionExpression("attribute_not_exists(pk) OR #t < :t")
                        .expressionAttributeNames(Map.of("#t", "t"))
                        .expressionAttributeValues(Map.of(":t", AttributeValue.fromS(now)))
                        .build())
                .build();
    }
}
