package io.daybook.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.local.Arns;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * A call, or a part of one, as IAM judges it.
 *
 * @param resource the ARN of the table or queue
 * @param keys what a condition may ask about
 */
record AwsCall(String action, String resource, Map<String, List<String>> keys) {
    static final String LEADING_KEYS = "dynamodb:LeadingKeys";
    static final String ENCLOSING_OPERATION = "dynamodb:EnclosingOperation";

    /** What IAM judges of a request; of a transaction, each of its parts by itself. */
    static List<AwsCall> of(SdkRequest request) {
        return switch (request) {
            case GetItemRequest get -> List.of(onKeys("GetItem", get.tableName(), List.of(get.key())));
            case PutItemRequest put -> List.of(onKeys("PutItem", put.tableName(), List.of(put.item())));
            case UpdateItemRequest update -> List.of(onKeys("UpdateItem", update.tableName(), List.of(update.key())));
            case QueryRequest query ->
                List.of(onKeys(
                        "Query",
                        query.tableName(),
                        List.of(Map.of("pk", query.expressionAttributeValues().get(":pk")))));
            case ScanRequest scan -> List.of(onTable("Scan", scan.tableName()));
            case DescribeTableRequest describe -> List.of(onTable("DescribeTable", describe.tableName()));
            case BatchGetItemRequest batch ->
                batch.requestItems().entrySet().stream()
                        .map(table -> onKeys(
                                "BatchGetItem", table.getKey(), table.getValue().keys()))
                        .toList();
            case BatchWriteItemRequest batch ->
                batch.requestItems().entrySet().stream()
                        .map(table -> onKeys(
                                "BatchWriteItem",
                                table.getKey(),
                                table.getValue().stream().map(AwsCall::key).toList()))
                        .toList();
            case TransactGetItemsRequest transaction ->
                transaction.transactItems().stream()
                        .map(read -> onKeys(
                                "GetItem",
                                read.get().tableName(),
                                List.of(read.get().key())))
                        .toList();
            case TransactWriteItemsRequest transaction ->
                transaction.transactItems().stream().flatMap(AwsCall::parts).toList();
            case SendMessageRequest send ->
                List.of(new AwsCall("sqs:SendMessage", Arns.queue(send.queueUrl()), Map.of()));
            case ChangeMessageVisibilityRequest change ->
                List.of(new AwsCall("sqs:ChangeMessageVisibility", Arns.queue(change.queueUrl()), Map.of()));
            default -> throw new AssertionError("which action allows a " + Faults.name(request) + "?");
        };
    }

    /** What IAM judges of a read, by its name and its JSON. */
    static List<AwsCall> ofRead(String operation, JsonNode request) {
        return switch (operation) {
            case "GetItem" ->
                List.of(onPks(operation, request.path("TableName").asText(), List.of(pk(request.path("Key")))));
            case "Query" ->
                List.of(onPks(
                        operation,
                        request.path("TableName").asText(),
                        List.of(request.at("/ExpressionAttributeValues/:pk/S").asText())));
            case "BatchGetItem" ->
                request.path("RequestItems").properties().stream()
                        .map(table -> onPks(
                                operation,
                                table.getKey(),
                                table.getValue()
                                        .path("Keys")
                                        .valueStream()
                                        .map(AwsCall::pk)
                                        .toList()))
                        .toList();
            default -> throw new AssertionError(operation + " is no read");
        };
    }

    private static String pk(JsonNode key) {
        return key.at("/pk/S").asText();
    }

    private static Map<String, AttributeValue> key(WriteRequest write) {
        return write.putRequest() != null
                ? write.putRequest().item()
                : write.deleteRequest().key();
    }

    private static Stream<AwsCall> parts(TransactWriteItem write) {
        var parts = new ArrayList<AwsCall>();
        if (write.put() != null) {
            parts.add(part("PutItem", write.put().tableName(), write.put().item()));
        }
        if (write.delete() != null) {
            parts.add(part(
                    "DeleteItem", write.delete().tableName(), write.delete().key()));
        }
        if (write.update() != null) {
            parts.add(part(
                    "UpdateItem", write.update().tableName(), write.update().key()));
        }
        if (write.conditionCheck() != null) {
            parts.add(part(
                    "ConditionCheckItem",
                    write.conditionCheck().tableName(),
                    write.conditionCheck().key()));
        }
        return parts.stream();
    }

    private static AwsCall part(String action, String table, Map<String, AttributeValue> key) {
        return new AwsCall(
                "dynamodb:" + action,
                Arns.table(table),
                Map.of(LEADING_KEYS, List.of(key.get("pk").s()), ENCLOSING_OPERATION, List.of("TransactWriteItems")));
    }

    private static AwsCall onKeys(String action, String table, Collection<Map<String, AttributeValue>> keys) {
        return onPks(
                action,
                table,
                keys.stream().map(key -> key.get("pk").s()).distinct().toList());
    }

    private static AwsCall onPks(String action, String table, List<String> pks) {
        return new AwsCall("dynamodb:" + action, Arns.table(table), Map.of(LEADING_KEYS, pks));
    }

    private static AwsCall onTable(String action, String table) {
        return new AwsCall("dynamodb:" + action, Arns.table(table), Map.of());
    }
}
