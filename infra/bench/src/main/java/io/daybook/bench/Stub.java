package io.daybook.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.utils.IoUtils;

/** Stands where HTTP would: as long as it has somebody to ask it learns the answers, then it gives them at once. */
final class Stub implements SdkHttpClient {
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private @Nullable SdkHttpClient teacher;
    private long second;
    private String date = "";

    Stub(SdkHttpClient teacher) {
        this.teacher = teacher;
    }

    /** From now on it answers by itself. */
    void learned() {
        if (teacher != null) {
            teacher.close();
            teacher = null;
        }
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
                throw new UncheckedIOException(new IOException("no answer here takes long enough to be aborted"));
            }
        };
    }

    private HttpExecuteResponse answer(HttpExecuteRequest request) throws IOException {
        var operation =
                request.httpRequest().firstMatchingHeader("X-Amz-Target").orElse("");
        var asked = teacher;
        if (asked != null) {
            var answer = asked.prepareRequest(request).call();
            try (var body = answer.responseBody().orElseThrow()) {
                answers.put(operation, IoUtils.toByteArray(body));
            }
        }
        var body = answers.get(operation);
        if (body == null) {
            throw new IOException("it has not learned what " + operation + " answers");
        }
        return HttpExecuteResponse.builder()
                .response(SdkHttpResponse.builder()
                        .statusCode(200)
                        .putHeader("Content-Type", "application/x-amz-json-1.0")
                        .putHeader("Content-Length", Integer.toString(body.length))
                        .putHeader("Date", date())
                        .build())
                .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
                .build();
    }

    /** Now, made anew once a second. */
    private synchronized String date() {
        var now = Instant.now();
        if (now.getEpochSecond() != second) {
            second = now.getEpochSecond();
            date = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atZone(ZoneOffset.UTC));
        }
        return date;
    }

    @Override
    public void close() {
        // The clients of both sides share it.
    }
}
