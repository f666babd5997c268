package io.daybook.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;

/** List prices, from the one table there is of them: {@code prices.json}, with its date, its region and its sources. */
record Prices(JsonNode table) {

    static Prices read() throws IOException {
        try (var file = Prices.class.getResourceAsStream("prices.json")) {
            if (file == null) {
                throw new IOException("prices.json is not on the class path");
            }
            return new Prices(new JsonMapper().readTree(file));
        }
    }

    /** What units of DynamoDB cost, in millionths of a dollar. */
    double dynamoDb(List<Meter.Call> calls) {
        return calls.stream()
                .mapToDouble(call -> call.writeUnits() * of("dynamoDbWrite") + call.readUnits() * of("dynamoDbRead"))
                .sum();
    }

    /**
     * What one invocation of a function costs, in millionths of a dollar. How long it runs is assumed, from the number of
     * its calls.
     *
     * @param logBytes what it logs itself
     */
    double invocation(List<Meter.Call> calls, long logBytes) {
        var ms = assumed("msOfItsOwn") + calls.size() * assumed("msPerAwsCall");
        return of("lambdaRequest")
                + ms / 1000 * assumed("memoryGb") * of("lambdaGbSecond") * 1e6
                + logs(logBytes + assumed("platformLogBytes"));
    }

    /** What API Gateway costs for one request, in millionths of a dollar. */
    double httpRequest() {
        return of("httpApiRequest") + logs(assumed("accessLogBytes"));
    }

    /** What requests to SQS cost, in millionths of a dollar. */
    double sqs(int requests) {
        return requests * of("sqsRequest");
    }

    private double logs(double bytes) {
        return bytes / 1e9 * of("logsGb") * 1e6;
    }

    private double of(String name) {
        return table.required(name).required("price").doubleValue();
    }

    private double assumed(String name) {
        return table.required("assumed").required(name).doubleValue();
    }
}
