package io.daybook.faults;

import io.daybook.local.LocalCloud;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/** The tables of a cloud, seen and changed behind the functions' back. */
record Tables(LocalCloud cloud, DynamoDbClient dynamoDb) {

    List<Map<String, AttributeValue>> items(String table) {
        return dynamoDb
                .scanPaginator(ScanRequest.builder()
                        .tableName(name(table))
                        .consistentRead(true)
                        .build())
                .items()
                .stream()
                .toList();
    }

    /** Every item of a table, by its key, in one notation. */
    Map<String, String> dump(String table) {
        var dump = new TreeMap<String, String>();
        for (var item : items(table)) {
            dump.put(key(item), new TreeMap<>(item).toString());
        }
        return dump;
    }

    /** The one item whose key begins with this. */
    Map<String, AttributeValue> item(String table, String key) {
        var found =
                items(table).stream().filter(item -> key(item).startsWith(key)).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " items in " + table + " begin with " + key);
        }
        return found.getFirst();
    }

    void put(String table, Map<String, AttributeValue> item) {
        dynamoDb.putItem(put -> put.tableName(name(table)).item(item));
    }

    /** Changes the one item whose key begins with this; where its key is changed, it moves. */
    void change(String table, String key, Consumer<Map<String, AttributeValue>> change) {
        var item = new HashMap<>(item(table, key));
        delete(table, item);
        change.accept(item);
        put(table, item);
    }

    void delete(String table, String key) {
        delete(table, item(table, key));
    }

    void clear(String table) {
        items(table).forEach(item -> delete(table, item));
    }

    static String key(Map<String, AttributeValue> item) {
        return item.get("pk").s() + " " + item.get("sk").s();
    }

    private void delete(String table, Map<String, AttributeValue> item) {
        dynamoDb.deleteItem(
                delete -> delete.tableName(name(table)).key(Map.of("pk", item.get("pk"), "sk", item.get("sk"))));
    }

    /** By its logical id, or where the template has none like that, by its own name. */
    private String name(String table) {
        return List.of("Journal", "Views").contains(table) ? cloud.physicalId(table) : table;
    }
}
