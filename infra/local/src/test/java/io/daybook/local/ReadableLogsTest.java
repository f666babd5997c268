package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ReadableLogsTest {

    @Test
    void a_log_is_one_line_without_the_noise() {
        assertThat(read("""
                {"level":"INFO","message":"posted","logger":"io.daybook.api.ApiHandler","cold_start":"true",\
                "function_name":"daybook-PostTransaction","function_version":"1","service":"daybook",\
                "timestamp":"2026-11-24T10:00:30.123Z","correlation_id":"c-1","ledger":"main","postings":2}
                """))
                .isEqualTo("10:00:30.123 INFO  PostTransaction  posted  correlation_id=c-1  ledger=main  postings=2\n");
    }

    @Test
    void a_stack_trace_stays_one() {
        assertThat(read("""
                {"level":"ERROR","message":"failed","error":{"message":"no","name":"E","stack":"E: no\\n\\tat a.B.c(B.java:1)\\n"},\
                "function_name":"daybook-A","timestamp":"2026-11-24T10:00:30.123Z"}
                """)).isEqualTo("10:00:30.123 ERROR A  failed\nE: no\n\tat a.B.c(B.java:1)\n");
    }

    @Test
    void metrics_are_one_line_with_their_units() {
        assertThat(read("""
                {"_aws":{"Timestamp":1795514430000,"CloudWatchMetrics":[{"Namespace":"Daybook","Metrics":[\
                {"Name":"Posted","Unit":"Count"},{"Name":"Latency","Unit":"Milliseconds"}],"Dimensions":[["Service"]]}]},\
                "Service":"daybook","Posted":1.0,"Latency":[12.54,3]}
                """)).isEqualTo("10:00:30.000 metrics Posted=1 Latency=12.5,3ms\n");
    }

    @Test
    void other_lines_pass_as_they_are() {
        var text = "plain\n{not json\n{\"json\":\"but no log\"}\n\nümlaut without an end";
        assertThat(read(text)).isEqualTo(text);
    }

    private static String read(String written) {
        var reader = new ByteArrayOutputStream();
        try (var out = new PrintStream(new ReadableLogs(reader, ZoneOffset.UTC), true, UTF_8)) {
            out.print(written);
        }
        return reader.toString(UTF_8);
    }
}
