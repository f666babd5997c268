package io.daybook.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * DynamoDB and SQS inside this process, for rehearsals that write: what they put can be read again, and goes nowhere else.
 * Only as much of both is here as a command on few accounts needs. Every condition holds, and a query finds all that has
 * its partition key.
 */
final class Stage implements SdkHttpClient, SdkHttpClient.Builder<Stage> {
    private static final JsonMapper JSON = new JsonMapper();

    /** By table and partition key, then by sort key. */
    private final Map<String, NavigableMap<String, JsonNode>> partitions = new ConcurrentHashMap<>();

    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
        return this;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return answer(request);
            }

            @Override
            public void abort() {
                // It has been answered already.
            }
        };
    }

    @Override
    public void close() {
        partitions.clear();
    }

    private HttpExecuteResponse answer(HttpExecuteRequest call) throws IOException {
        var target = call.httpRequest().firstMatchingHeader("X-Amz-Target").orElseThrow();
        var request = JSON.readTree(
                call.contentStreamProvider().orElseThrow().newStream().readAllBytes());
        var answer = JSON.writeValueAsBytes(answer(target.substring(target.indexOf('.') + 1), request));
        return HttpExecuteResponse.builder()
                .response(SdkHttpResponse.builder()
                        .statusCode(200)
                        .putHeader("Content-Type", "application/x-amz-json-1.0")
                        .putHeader("Content-Length", Integer.toString(answer.length))
                        .build())
                .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer)))
                .build();
    }

    private ObjectNode answer(String operation, JsonNode request) {
        var answer = JSON.createObjectNode();
        switch (operation) {
            case "BatchGetItem" -> {
                var responses = answer.putObject("Responses");
                request.path("RequestItems").forEachEntry((table, asked) -> {
                    var items = responses.putArray(table);
                    asked.path("Keys").forEach(key -> item(table, key).ifPresent(items::add));
                });
            }
            case "Query" -> answer.putArray("Items").addAll(found(request));
            case "GetItem" ->
                item(request.path("TableName").asText(), request.path("Key"))
                        .ifPresent(item -> answer.set("Item", item));
            case "PutItem" -> put(request.path("TableName").asText(), request.path("Item"));
            case "TransactWriteItems" ->
                request.path("TransactItems")
                        .findValues("Put")
                        .forEach(put -> put(put.path("TableName").asText(), put.path("Item")));
            case "BatchWriteItem" ->
                request.path("RequestItems")
                        .forEachEntry((table, writes) ->
                                writes.findValues("PutRequest").forEach(put -> put(table, put.path("Item"))));
            case "SendMessage" ->
                answer.put("MD5OfMessageBody", md5(bytes(request.path("MessageBody"))))
                        .put("MD5OfMessageAttributes", md5(attributes(request.path("MessageAttributes"))));
            default -> throw new IllegalArgumentException(operation + " is not for a rehearsal");
        }
        return answer;
    }

    private NavigableMap<String, JsonNode> partition(String table, JsonNode pk) {
        return partitions.computeIfAbsent(table + " " + pk.asText(), key -> new ConcurrentSkipListMap<>());
    }

    private Optional<JsonNode> item(String table, JsonNode key) {
        return Optional.ofNullable(
                partition(table, key.at("/pk/S")).get(key.at("/sk/S").asText()));
    }

    private void put(String table, JsonNode item) {
        partition(table, item.at("/pk/S")).put(item.at("/sk/S").asText(), item);
    }

    private List<JsonNode> found(JsonNode query) {
        var all = partition(query.path("TableName").asText(), query.at("/ExpressionAttributeValues/:pk/S"));
        return (query.path("ScanIndexForward").asBoolean(true) ? all : all.descendingMap())
                .values().stream()
                        .limit(query.path("Limit").asLong(Long.MAX_VALUE))
                        .toList();
    }

    /** What SQS takes the digest of, as its guide describes it; the attributes here are text. */
    private static byte[] attributes(JsonNode attributes) {
        var bytes = new ByteArrayOutputStream();
        attributes.propertyStream().sorted(Map.Entry.comparingByKey()).forEach(attribute -> {
            add(bytes, attribute.getKey().getBytes(UTF_8));
            add(bytes, bytes(attribute.getValue().path("DataType")));
            bytes.write(1);
            add(bytes, bytes(attribute.getValue().path("StringValue")));
        });
        return bytes.toByteArray();
    }

    private static void add(ByteArrayOutputStream bytes, byte[] part) {
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        bytes.writeBytes(part);
    }

    private static byte[] bytes(JsonNode text) {
        return text.asText().getBytes(UTF_8);
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
