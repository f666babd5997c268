package io.daybook.contract;

import static io.daybook.contract.TestLedger.posting;
import static io.daybook.contract.TestLedger.transferring;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every request that is not what it should be. */
class Section7ProblemsTest {
    private static final int KIB = 1024;

    /** A call that takes a body, and the largest body it takes. */
    private record Call(String method, String path, String body, int largest) {
        Answer send(TestLedger ledger, byte[] bytes, String... headers) {
            var all = new ArrayList<>(List.of(headers));
            if (path.equals("/transactions")) {
                all.addAll(List.of("idempotency-key", TestLedger.key()));
            }
            return ledger.daybook().send(method, ledger.path() + path, bytes, all.toArray(String[]::new));
        }

        Answer send(TestLedger ledger, String text) {
            return send(ledger, Daybook.bytes(text));
        }
    }

    /** A ledger, and calls on it, for tests whose calls are all refused. */
    private static final class Refused {
        private static final TestLedger LEDGER = TestLedger.ofAlice(100);
        private static final List<Call> CALLS = calls(LEDGER);
    }

    /** All calls with a body. */
    private static List<Call> calls(TestLedger ledger) {
        var settled = "/transactions/" + ledger.hold("alice", "shop", 1).is(201).id();
        var voided = "/transactions/" + ledger.hold("alice", "shop", 1).is(201).id();
        var posted =
                "/transactions/" + ledger.transfer("alice", "shop", 1).is(201).id();
        return List.of(
                new Call("PUT", "/accounts/new", "{'asset':'USD/2','type':'asset'}", 256 * KIB),
                new Call("PATCH", "/accounts/alice", "{}", 256 * KIB),
                new Call("POST", "/transactions", transferring("cash", "alice", 1), 256 * KIB),
                new Call(
                        "POST",
                        "/batches",
                        "{'transactions':[%s]}".formatted(TestLedger.item("b", "cash", "alice", 1)),
                        1024 * KIB),
                new Call("POST", settled + "/settle", "{}", 256 * KIB),
                new Call("POST", voided + "/void", "{}", 256 * KIB),
                new Call("POST", posted + "/reverse", "{}", 256 * KIB));
    }

    @Test
    void all_faults_of_a_body_are_named_at_once_each_with_its_json_pointer() {
        var ledger = TestLedger.untouched();
        ledger.post(
                        "k",
                        "{'postings':[{'debit':'a b','credit':'alice','amount':0},{'credit':7,'amount':'x','memo':1},3],"
                                + "'pending':'yes','expiresAt':'soon','effectiveAt':5,'expect':{'cash':-1},'description':1,"
                                + "'metadata':{'':'x','a':1},'effectiveat':'2026-01-01T00:00:00Z','a/b~c':1}")
                .is(400, "invalid-request");
        ledger.post(
                        "k",
                        "{'postings':[{'debit':'a b','credit':'alice','amount':0},{'credit':7,'amount':'x','memo':1}],"
                                + "'pending':'yes','effectiveAt':5,'expect':{'alice':-1},'description':1,"
                                + "'metadata':{'':'x','a':1},'effectiveat':'2026-01-01T00:00:00Z','a/b~c':1}")
                .invalidAt(
                        "/postings/0/debit",
                        "/postings/0/amount",
                        "/postings/1/debit",
                        "/postings/1/credit",
                        "/postings/1/amount",
                        "/postings/1/memo",
                        "/pending",
                        "/effectiveAt",
                        "/expect/alice",
                        "/description",
                        "/metadata/",
                        "/metadata/a",
                        "/effectiveat",
                        "/a~1b~0c");
        ledger.open(
                        "a",
                        "{'type':1,'minimum':1.5,'maximum':[],'stripes':17,'description':{},'metadata':[],'closed':true}")
                .invalidAt(
                        "/asset", "/type", "/minimum", "/maximum", "/stripes", "/description", "/metadata", "/closed");
        ledger.change(
                        "alice",
                        "{'type':1,'minimum':1.5,'maximum':[],'stripes':17,'description':{},'metadata':[],'closed':1}")
                .invalidAt("/type", "/minimum", "/maximum", "/stripes", "/description", "/metadata", "/closed");
    }

    @Test
    void of_more_faults_than_can_be_used_a_hundred_are_named() {
        var transaction = "{\"postings\":[" + String.join(",", Collections.nCopies(40, "{}")) + "]}";
        var batch = "{\"transactions\":[" + String.join(",", Collections.nCopies(500, transaction)) + "]}";
        var refused = TestLedger.untouched()
                .daybook()
                .post(TestLedger.untouched().path() + "/batches", batch)
                .is(400, "invalid-request");
        assertThat(refused.items("/errors")).hasSize(100);
    }

    @Test
    void a_key_longer_than_any_can_be_is_refused_whatever_is_in_it() {
        var key = "\"" + "\\\\".repeat(4000) + "\"";
        var ledger = TestLedger.untouched();
        ledger.daybook()
                .post(
                        ledger.path() + "/transactions",
                        "{'postings':[{'debit':'cash','credit':'alice','amount':'1'}]}",
                        "idempotency-key",
                        key)
                .is(400, "idempotency-key-missing");
    }

    @Test
    void unknown_members_are_refused_by_name() {
        for (var call : Refused.CALLS) {
            var body = call.body()
                    .replaceFirst("\\{", "{'effectiveat':null" + (call.body().equals("{}") ? "" : ","));
            call.send(Refused.LEDGER, body).invalidAt("/effectiveat");
        }
        assertThat(Refused.LEDGER.version("alice")).isEqualTo(4);
    }

    @Test
    void unknown_query_parameters_are_refused_by_name() {
        var ledger = TestLedger.ofAlice(100);
        for (var call : calls(ledger)) {
            var misspelt = new Call(call.method(), call.path() + "?dryrun=true&x", call.body(), 0);
            (call.path().equals("/transactions")
                            ? ledger.daybook()
                                    .post(ledger.path() + misspelt.path(), call.body(), "idempotency-key", "k")
                            : misspelt.send(ledger, call.body()))
                    .invalidParameter("dryrun", "x");
        }
        var id = ledger.transfer("alice", "shop", 1).is(201).id();
        for (var path : List.of(
                "/accounts",
                "/accounts/alice",
                "/accounts/alice/entries",
                "/transactions",
                "/transactions/" + id,
                "/trial-balance")) {
            ledger.get(path + "?Limit=1").invalidParameter("Limit");
        }
        ledger.get("/accounts/alice/statement?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&format=csv")
                .invalidParameter("format");
        ledger.daybook().get("/v1/ledgers?prefix=a").invalidParameter("prefix");
        // Opening and changing have no rehearsal.
        ledger.daybook()
                .put(ledger.path("new") + "?dryRun=true", "{'asset':'USD/2','type':'asset'}")
                .invalidParameter("dryRun");
        ledger.daybook().patch(ledger.path("alice") + "?dryRun=true", "{}").invalidParameter("dryRun");
    }

    @Test
    void a_query_parameter_given_twice_is_refused() {
        var ledger = TestLedger.untouched();
        ledger.get("/transactions?limit=1&limit=2").is(400, "invalid-request");
        ledger.get("/accounts/alice?consistency=strong&consistency=strong").is(400, "invalid-request");
        ledger.get("/transactions?key=a&key=b").is(400, "invalid-request");
        ledger.get("/transactions?cursor=a&cursor=b").is(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/description|{'postings':[%s],'description':'a','description':'a'}",
                "/description|{'postings':[%s],'description':'a','d\\u0065scription':'b'}",
                "/postings|{'postings':[%1$s],'postings':[%1$s]}",
                "/postings/0/amount|{'postings':[{'debit':'cash','credit':'alice','amount':'1','amount':'1'}]}",
                "/metadata/a|{'postings':[%s],'metadata':{'a':'1','a':'2'}}",
                "/expect/alice|{'postings':[%s],'expect':{'alice':0,'alice':0}}"
            })
    void duplicate_members_are_refused_by_name(String pointer, String body) {
        TestLedger.untouched()
                .post("k", body.formatted(posting("cash", "alice", 1)))
                .invalidAt(pointer);
    }

    @Test
    void duplicate_members_are_refused_in_every_body() {
        for (var call : Refused.CALLS) {
            call.send(Refused.LEDGER, "{'x':1,'x':2}").invalidAt("/x");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "{'postings':}",
                "{'postings':[],}",
                "{'a' 1}",
                "{a:1}",
                "{'a':'b'",
                "nul",
                "{} {}",
                "{}x",
                "[",
                "{'a':01}",
                "{'a':+1}",
                "{'a':.5}",
                "{'a':NaN}",
                "{'a':'\\x'}",
                "{'a':'\t'}",
                "/**/{}",
                "{'a':1e}",
                "\\u007b}",
                ",",
                "{'a':'\\ud800\\u'}"
            })
    void what_is_no_json_is_refused(String text) {
        for (var call : Refused.CALLS) {
            call.send(Refused.LEDGER, text).invalidAt("");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "'text'", "7", "true", "[{}]"})
    void a_body_is_a_json_object(String text) {
        for (var call : Refused.CALLS) {
            assertThat(call.send(Refused.LEDGER, text)
                            .is(400, "invalid-request")
                            .items("/errors"))
                    .anyMatch(error -> error.path("pointer").asText("x").isEmpty());
        }
    }

    @Test
    void a_fault_of_the_whole_body_says_so() {
        for (var call : Refused.CALLS) {
            assertThat(call.send(Refused.LEDGER, "{").is(400, "invalid-request").text("/detail"))
                    .startsWith("The body is not JSON");
        }
    }

    @Test
    void a_body_is_required_where_there_is_something_to_say() {
        for (var call : Refused.CALLS.subList(0, 4)) {
            call.send(Refused.LEDGER, "").invalidAt("");
            call.send(Refused.LEDGER, "  ").invalidAt("");
        }
    }

    @Test
    void a_body_that_is_not_utf_8_is_refused() {
        notUtf8();
    }

    @Test
    void a_body_that_is_not_utf_8_is_refused_where_the_gateway_hands_on_its_bytes() {
        // With a content encoding it takes every body for binary.
        notUtf8("content-encoding", "identity");
    }

    private static void notUtf8(String... headers) {
        var ledger = TestLedger.ofAlice();
        for (var bytes : List.of("\u00ff", "\u00c3(", "\u00ed\u00a0\u0080")) {
            var body = Daybook.quoted(
                    "{'postings':[%s],'description':'%s'}".formatted(posting("cash", "alice", 1), bytes));
            var all = new ArrayList<>(List.of(headers));
            all.addAll(List.of("idempotency-key", TestLedger.key()));
            ledger.daybook()
                    .send(
                            "POST",
                            ledger.path() + "/transactions",
                            body.getBytes(StandardCharsets.ISO_8859_1),
                            all.toArray(String[]::new))
                    .invalidAt("");
        }
        assertThat(ledger.version("alice")).isZero();
    }

    @Test
    void a_body_in_utf_16_is_refused() {
        var ledger = TestLedger.untouched();
        var body = Daybook.quoted(transferring("cash", "alice", 1)).getBytes(StandardCharsets.UTF_16);
        ledger.daybook()
                .send("POST", ledger.path() + "/transactions", body, "idempotency-key", "k")
                .is(400, "invalid-request");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'postings':[%s],'description':'\\ud800'}|/description",
                "{'postings':[%s],'description':'\\udc00\\ud800'}|/description",
                "{'postings':[%s],'metadata':{'a':'x\\udfff'}}|/metadata/a",
                "{'postings':[{'debit':'\\ud800','credit':'alice','amount':1}]}|/postings/0/debit",
                "{'postings':[{'debit':'cash','credit':'alice','amount':'\\ud800'}]}|/postings/0/amount",
                "{'postings':[%s],'effectiveAt':'\\ud800'}|/effectiveAt"
            })
    void half_a_surrogate_pair_is_no_text(String body, String pointer) {
        TestLedger.untouched()
                .post("k", body.formatted(posting("cash", "alice", 1)))
                .invalidAt(pointer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'postings':[%s],'metadata':{'\\ud800':'x'}}", "{'postings':[%s],'\\ud800':'x'}",
                "{'postings':[%s],'expect':{'\\udc00':1}}", "{'postings':[%s],'\\ud800':'x','\\ud800':'x'}"
            })
    void half_a_surrogate_pair_is_no_name(String body) {
        assertThat(TestLedger.untouched()
                        .post("k", body.formatted(posting("cash", "alice", 1)))
                        .is(400, "invalid-request")
                        .items("/errors"))
                .hasSize(1);
    }

    @Test
    void text_is_kept_as_it_is_whatever_characters_it_has() {
        var ledger = TestLedger.ofAlice();
        var posted = ledger.post(
                        "k",
                        "{'postings':[%s],'description':'\\u0000\\u0001\\u00e4\\ud83c\\udf4f\\u2028 \\\\ / \\u0022','metadata':{'\\ud83c\\udf4f':'\\u0000'}}"
                                .formatted(posting("cash", "alice", 1)))
                .is(201);
        assertThat(posted.text("/description")).isEqualTo("\0\1\u00e4\ud83c\udf4f\u2028 \\ / \"");
        assertThat(posted.text("/metadata/\ud83c\udf4f")).isEqualTo("\0");
        ledger.seen("alice");
        assertThat(ledger.entries("alice", 1).getFirst().path("description").asText())
                .isEqualTo(posted.text("/description"));
        assertThat(ledger.transaction(posted.id()).json()).isEqualTo(posted.json());
    }

    @Test
    void deep_nesting_is_refused() {
        var ledger = TestLedger.untouched();
        for (var depth : new int[] {100, 900, 1100, 40_000}) {
            var deep = "[".repeat(depth) + "]".repeat(depth);
            ledger.post("k", deep).is(400, "invalid-request");
            ledger.post("k", "{'postings':[%s],'metadata':{'a':%s}}".formatted(posting("cash", "alice", 1), deep))
                    .is(400, "invalid-request");
            ledger.post(
                            "k",
                            "{'postings':[%s],'x':%s}"
                                    .formatted(
                                            posting("cash", "alice", 1),
                                            "{'a':".repeat(depth) + "1" + "}".repeat(depth)))
                    .is(400, "invalid-request");
        }
        assertThat(ledger.version("alice")).isZero();
    }

    @Test
    void huge_numbers_and_names_are_refused() {
        var ledger = TestLedger.untouched();
        for (var number : List.of("1e999999999", "9".repeat(2000), "-1e-999999999", "0." + "1".repeat(2000))) {
            ledger.post("k", "{'postings':[%s],'expect':{'alice':%s}}".formatted(posting("cash", "alice", 1), number))
                    .is(400, "invalid-request");
            ledger.change("alice", "{'minimum':%s}".formatted(number)).is(400, "invalid-request");
        }
        ledger.post("k", "{'postings':[%s],'%s':1}".formatted(posting("cash", "alice", 1), "n".repeat(60_000)))
                .is(400, "invalid-request");
    }

    @Test
    void a_body_has_at_most_256_kib_and_that_of_a_batch_1_mib() {
        var ledger = TestLedger.ofAlice(100);
        for (var call : calls(ledger)) {
            var largest = call.body() + " ".repeat(call.largest() - call.body().length());
            call.send(ledger, largest + " ").is(413, "body-too-large");
            assertThat(call.send(ledger, largest).status()).as(call.path()).isBetween(200, 201);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/xml",
                "application/json; charset=iso-8859-1",
                "application/jsonp",
                "application/problem+json",
                "*/*"
            })
    void a_body_is_application_json(String type) {
        for (var call : Refused.CALLS) {
            call.send(Refused.LEDGER, Daybook.bytes(call.body()), "content-type", type)
                    .is(415, "unsupported-media-type");
        }
    }

    @Test
    void a_body_without_a_content_type_is_refused() {
        for (var call : Refused.CALLS) {
            call.send(Refused.LEDGER, Daybook.bytes(call.body()), "content-type", "")
                    .is(415, "unsupported-media-type");
        }
    }

    @Test
    void metadata_has_at_most_20_pairs_of_keys_of_1_to_64_and_values_of_0_to_512_characters() {
        var ledger = TestLedger.ofAlice();
        metadata(ledger, "'" + "k".repeat(64) + "':'" + "v".repeat(512) + "'").is(201);
        // As many characters, however many bytes.
        metadata(ledger, "'" + "\ud83c\udf4f".repeat(64) + "':'" + "\ud83c\udf4f".repeat(512) + "'")
                .is(201);
        metadata(ledger, "'a':''").is(201);
        metadata(ledger, "'a':null").invalidAt("/metadata/a");
        metadata(ledger, "'" + "k".repeat(65) + "':''").invalidAt("/metadata/" + "k".repeat(65));
        metadata(ledger, "'':''").invalidAt("/metadata/");
        metadata(ledger, "'a':'" + "v".repeat(513) + "'").invalidAt("/metadata/a");
        metadata(ledger, pairs(20)).is(201);
        metadata(ledger, pairs(21)).invalidAt("/metadata");
        for (var value : List.of("1", "true", "{}", "[]")) {
            metadata(ledger, "'a':" + value).invalidAt("/metadata/a");
        }
        ledger.open("x", "{'asset':'USD/2','type':'asset','metadata':{%s}}".formatted(pairs(21)))
                .invalidAt("/metadata");
        ledger.change("alice", "{'metadata':{'%s':'','b':5}}".formatted("k".repeat(65)))
                .invalidAt("/metadata/" + "k".repeat(65), "/metadata/b");
    }

    @Test
    void changed_metadata_is_judged_by_the_pairs_that_it_leaves() {
        var ledger = TestLedger.ofAlice();
        ledger.change("alice", "{'metadata':{%s}}".formatted(pairs(20))).is(200);
        var changed = ledger.change(
                        "alice", "{'metadata':{%s,%s}}".formatted(pairs(0, 11, "null"), pairs(20, 31, "'v'")))
                .is(200);
        assertThat(changed.at("/metadata")).isEqualTo(Daybook.json("{%s}".formatted(pairs(11, 31, "'v'"))));
        ledger.change("alice", "{'metadata':{%s}}".formatted(pairs(0, 1, "'v'")))
                .invalidAt("/metadata");
        ledger.change("alice", "{'metadata':{%s}}".formatted(pairs(0, 21, "'v'")))
                .invalidAt("/metadata");
        ledger.change("alice", "{'metadata':{%s}}".formatted(pairs(0, 21, "null")))
                .invalidAt("/metadata");
        ledger.change("alice", "{'metadata':{%s,%s}}".formatted(pairs(11, 31, "null"), pairs(31, 51, "'v'")))
                .is(200);
    }

    private static String pairs(int count) {
        return pairs(0, count, "'v'");
    }

    private static String pairs(int from, int to, String value) {
        return IntStream.range(from, to).mapToObj(i -> "'k" + i + "':" + value).collect(Collectors.joining(","));
    }

    private static Answer metadata(TestLedger ledger, String pairs) {
        return ledger.post(
                TestLedger.key(), "{'postings':[%s],'metadata':{%s}}".formatted(posting("cash", "alice", 1), pairs));
    }

    @Test
    void a_description_has_at_most_512_characters() {
        var ledger = TestLedger.ofAlice();
        for (var c : List.of("d", "\u00e4", "\ud83c\udf4f")) {
            var body = "{'postings':[%s],'description':'%s'}";
            ledger.post(TestLedger.key(), body.formatted(posting("cash", "alice", 1), c.repeat(512)))
                    .is(201);
            ledger.post(TestLedger.key(), body.formatted(posting("cash", "alice", 1), c.repeat(513)))
                    .invalidAt("/description");
        }
        ledger.change("alice", "{'description':'%s'}".formatted("d".repeat(513)))
                .invalidAt("/description");
        ledger.open("x", "{'asset':'USD/2','type':'asset','description':'%s'}".formatted("d".repeat(513)))
                .invalidAt("/description");
    }

    @Test
    void the_largest_transaction_there_can_be_is_posted_and_seen() {
        var ledger = TestLedger.ofAlice();
        var metadata = IntStream.range(0, 20)
                .mapToObj(i -> "'%s':'%s'"
                        .formatted("\u20ac".repeat(62) + String.format("%02d", i), "\ud83c\udf4f".repeat(512)))
                .collect(Collectors.joining(","));
        var postings =
                String.join(",", java.util.Collections.nCopies(40, posting("cash", "alice", "1" + "0".repeat(30))));
        var posted = ledger.post(
                        "k",
                        "{'postings':[%s],'description':'%s','metadata':{%s}}"
                                .formatted(postings, "\ud83c\udf4f".repeat(512), metadata))
                .is(201);
        ledger.seen("alice");
        Daybook.eventually(() ->
                assertThat(ledger.get("/transactions").is(200).at("/items/0")).isEqualTo(posted.json()));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/",
        "GET,/v1",
        "GET,/v2/ledgers",
        "GET,/v1/ledgers/main",
        "POST,/v1/ledgers",
        "DELETE,/v1/ledgers/main/accounts/a",
        "POST,/v1/ledgers/main/accounts/a",
        "PUT,/v1/ledgers/main/accounts",
        "PUT,/v1/ledgers/main/transactions",
        "DELETE,/v1/ledgers/main/transactions/tx_00000000000000000000000000",
        "GET,/v1/ledgers/main/batches",
        "GET,/v1/ledgers/main/transactions/tx_00000000000000000000000000/settle",
        "POST,/v1/ledgers/main/transactions/tx_00000000000000000000000000/expire",
        "GET,/v1/ledgers/main/accounts/a/b",
        "POST,/v1/ledgers/main/accounts/a/statement",
        "GET,/v1//accounts/a",
        "OPTIONS,/v1/ledgers"
    })
    void for_a_route_or_method_that_does_not_exist_api_gateway_answers(String method, String path) {
        var answer = Daybook.shared().send(method, path, new byte[0]).is(404);
        assertThat(answer.json()).isEqualTo(Daybook.json("{'message':'Not Found'}"));
    }

    @Test
    void a_correlation_id_is_echoed_or_made() {
        var ledger = TestLedger.untouched();
        assertThat(ledger.get("/accounts/alice", "x-correlation-id", "checkout-7f3a")
                        .is(200)
                        .header("x-correlation-id"))
                .contains("checkout-7f3a");
        assertThat(ledger.get("/accounts/nobody", "X-Correlation-ID", "checkout-7f3a")
                        .is(404)
                        .header("x-correlation-id"))
                .contains("checkout-7f3a");
        assertThat(ledger.get("/accounts/alice", "x-correlation-id", "c".repeat(128))
                        .header("x-correlation-id"))
                .contains("c".repeat(128));
        for (var unfit : List.of("", "c".repeat(129), "a b")) {
            assertThat(ledger.get("/accounts/alice", "x-correlation-id", unfit)
                            .is(200)
                            .header("x-correlation-id"))
                    .get()
                    .asString()
                    .matches("[!-~]{1,128}")
                    .isNotEqualTo(unfit);
        }
        var one = ledger.get("/accounts/alice").header("x-correlation-id");
        assertThat(ledger.get("/accounts/alice").header("x-correlation-id")).isNotEqualTo(one);
    }

    @Test
    void a_value_without_a_name_is_refused_as_a_query_parameter_and_an_empty_pair_is_ignored() {
        var daybook = TestLedger.untouched().daybook();
        assertThat(daybook.get("/v1/ledgers?=5").invalidParameter("").text("/detail"))
                .startsWith("A query parameter without a name is not known here");
        daybook.get("/v1/ledgers?limit=5&=").invalidParameter("");
        for (var query : List.of("&limit=5", "limit=5&", "limit=5&&order=asc", "&")) {
            daybook.get("/v1/ledgers?" + query).is(200);
        }
    }

    @Test
    void every_answer_has_its_content_type() {
        var ledger = TestLedger.untouched();
        assertThat(ledger.get("/accounts/alice").is(200).header("content-type")).contains("application/json");
        assertThat(ledger.get("/accounts/nobody").is(404).header("content-type"))
                .contains("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tx_",
                "tx_0000000000000000000000000",
                "tx_000000000000000000000000000",
                "tx_0000000000000000000000000i",
                "TX_00000000000000000000000000",
                "x"
            })
    void a_transaction_s_id_has_its_form(String id) {
        var ledger = TestLedger.untouched();
        ledger.get("/transactions/" + id).invalidParameter("id");
        ledger.reverse(id).invalidParameter("id");
        ledger.release(id).invalidParameter("id");
    }
}
