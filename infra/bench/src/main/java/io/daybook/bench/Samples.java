package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.local.FunctionException;
import io.daybook.local.LocalCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The sample events of the repository: a payment between two accounts, again and again. */
record Samples(String payment, String opening) {

    static Samples read() throws IOException {
        return new Samples(
                Files.readString(Path.of("events", "PostTransaction.json"), UTF_8),
                Files.readString(Path.of("events", "OpenAccount.json"), UTF_8));
    }

    /** Opens the accounts that a payment names. */
    void openAccounts(LocalCloud cloud) throws IOException, FunctionException {
        for (var account : List.of("cash", "users:alice")) {
            var event = (ObjectNode) new JsonMapper().readTree(opening);
            ((ObjectNode) event.required("pathParameters"))
                    .put("ledger", "sample")
                    .put("account", account);
            event.put("body", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
            cloud.invoke("OpenAccount", event.toString());
        }
    }

    /** A payment with this idempotency key, as bytes of JSON. */
    byte[] payment(String key) {
        return payment.replace("order-42", key).getBytes(UTF_8);
    }
}
