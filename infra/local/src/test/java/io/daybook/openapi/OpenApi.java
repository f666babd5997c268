package io.daybook.openapi;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** {@code infra/openapi.yaml}: its operations, and its schemas as judges of JSON values. */
final class OpenApi {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String ADDRESS = "https://daybook/schemas";
    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete", "head", "options");

    /** One method of one path, with what both say. */
    record Operation(String method, String path, JsonNode node) {
        String id() {
            return node.path("operationId").asText();
        }

        Set<String> scopes() {
            return StreamSupport.stream(node.path("security").spliterator(), false)
                    .flatMap(requirement ->
                            StreamSupport.stream(requirement.path("jwt").spliterator(), false))
                    .map(JsonNode::asText)
                    .collect(Collectors.toSet());
        }
    }

    private final JsonNode document;
    private final SchemaRegistry registry;
    private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();

    private OpenApi(JsonNode document) {
        this.document = document;
        registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(Map.of(ADDRESS, definitions().toString()))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    static OpenApi read() {
        return new OpenApi(yaml("infra/openapi.yaml"));
    }

    /** A YAML file of the checkout; a tag such as {@code !Ref} is not seen. */
    static JsonNode yaml(String file) {
        try {
            return new YAMLMapper().readTree(Path.of("..", "..").resolve(file).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode at(String pointer) {
        return document.at(pointer);
    }

    List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> METHODS.contains(method.getKey()))
                        .forEach(method -> operations.add(new Operation(
                                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()))));
        return operations;
    }

    /** The operation that a request's path, without its query, leads to. */
    Optional<Operation> operation(String method, String path) {
        return operations().stream()
                .filter(operation -> operation.method().equals(method) && path.matches(pattern(operation.path())))
                .findFirst();
    }

    private static String pattern(String template) {
        return template.replaceAll("\\{[a-z]+}", "[^/]+");
    }

    /** What a reference stands for, or the node itself. */
    JsonNode resolved(JsonNode node) {
        var reference = node.path("$ref").asText();
        return reference.isEmpty() ? node : resolved(document.at(reference.substring(1)));
    }

    /** What is wrong with a value by a schema of the document, one sentence each. */
    List<String> faults(JsonNode schema, JsonNode value) {
        return schemas.computeIfAbsent(schema, it -> registry.getSchema(relocated(it))).validate(value).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    /** The document's schemas as one JSON Schema, which, unlike OpenAPI, keeps them under {@code $defs}. */
    private JsonNode definitions() {
        return relocated(JSON.createObjectNode().set("$defs", document.at("/components/schemas")));
    }

    private static JsonNode relocated(JsonNode schema) {
        var copy = schema.deepCopy();
        for (var node : copy.findParents("$ref")) {
            var reference = node.path("$ref").asText();
            ((ObjectNode) node).put("$ref", reference.replace("#/components/schemas/", ADDRESS + "#/$defs/"));
        }
        return copy;
    }
}
