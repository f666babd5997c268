package io.daybook.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 1: the words, and how they may be written. */
class ValuesTest {
    @Test
    void the_domain_is_tested_without_any_aws_class() {
        assertThatThrownBy(() -> Class.forName("software.amazon.awssdk.services.dynamodb.DynamoDbClient"))
                .isInstanceOf(ClassNotFoundException.class);
        assertThatThrownBy(() -> Class.forName("com.amazonaws.services.lambda.runtime.Context"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @ParameterizedTest
    @CsvSource({"USD/2,USD/2", "JPY/0,JPY/0", "BTC/8,BTC/8", "POINTS,POINTS/0", "A/18,A/18"})
    void an_asset_is_a_code_and_a_scale(String text, String canonical) {
        assertThat(Asset.parse(text)).map(Asset::toString).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "usd/2", "USD/", "USD/19", "USD/02", "1USD", "ABCDEFGHIJKLMNOPQR", "USD/2 "})
    void anything_else_is_no_asset(String text) {
        assertThat(Asset.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.5",
                "1e3",
                "01",
                " 1",
                "1 ",
                "+1",
                "-0",
                "",
                "-",
                "0x1",
                "1_0",
                "１",
                "999999999999999999999999999999999999999"
            })
    void only_plain_decimal_digits_are_a_number(String text) {
        assertThat(Amount.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "-1", "99999999999999999999999999999999999999"})
    void whole_numbers_of_up_to_38_digits_are_read(String text) {
        assertThat(Amount.parse(text)).map(Object::toString).contains(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"users:alice:wallet", "a", "A.b_c-d:0", "9"})
    void account_ids(String id) {
        assertThat(Names.isAccount(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "a:", ":a", "a::b", "a b", "a#b", "a/b", "-a", "a:_b", "ü"})
    void no_account_ids(String id) {
        assertThat(Names.isAccount(id)).isFalse();
    }

    @Test
    void an_account_id_has_at_most_128_characters() {
        assertThat(Names.isAccount("a".repeat(128))).isTrue();
        assertThat(Names.isAccount("a".repeat(129))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"main,true", "a-b,true", "0,true", "Main,false", "-a,false", "a_b,false", "'',false"})
    void ledger_names(String name, boolean valid) {
        assertThat(Names.isLedger(name)).isEqualTo(valid);
        assertThat(Names.isLedger("a".repeat(64))).isFalse();
    }

    @Test
    void a_transactions_id_never_changes_for_its_key() {
        // Written into journals for ever: a change here would let a retry move money twice.
        assertThat(Names.transactionOf("main", "order-42")).isEqualTo("tx_v99hrrcwvxev6e0hepvpjaf9k2");
        assertThat(Names.reversalOf("main", "tx_00000000000000000000000000"))
                .isEqualTo("tx_x611pktdsgjpp4wgbjs5h5b457");
        assertThat(Names.isTransaction(Names.transactionOf("main", "order-42"))).isTrue();
    }

    @Test
    void no_two_lists_of_texts_read_the_same() {
        assertThat(Fingerprint.of("ab", "c")).isNotEqualTo(Fingerprint.of("a", "bc"));
        assertThat(Fingerprint.of("a")).isNotEqualTo(Fingerprint.of("a", ""));
        assertThat(Fingerprint.of("x")).hasSize(26).matches("[0-9a-hjkmnp-tv-z]+");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-24T10:30:00+01:00,2026-11-24T09:30:00.000000Z",
        "2026-11-24T09:30:00.1234567Z,2026-11-24T09:30:00.123456Z"
    })
    void times_are_utc_with_microseconds(String text, String formatted) {
        assertThat(Timestamp.parse(text)).map(Timestamp::format).contains(formatted);
        assertThat(Instant.parse(formatted)).isEqualTo(Timestamp.parse(text).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "2026-11-24", "2026-11-24T09:30:00", "2026-13-01T00:00:00Z", "+10000-01-01T00:00:00Z", "now"
            })
    void anything_else_is_no_time(String text) {
        assertThat(Timestamp.parse(text)).isEmpty();
    }

    @Test
    void a_time_is_read_as_it_was_written() {
        var first = Instant.parse("0000-01-01T00:00:00Z");
        var last = Instant.parse("9999-12-31T23:59:59.999999999Z");
        var random = new Random(11);
        var times = Stream.concat(
                Stream.of(
                        first, last, Instant.EPOCH, Instant.EPOCH.minusNanos(1), Instant.parse("2028-02-29T23:59:59Z")),
                Stream.generate(() -> Instant.ofEpochSecond(
                                random.nextLong(first.getEpochSecond(), last.getEpochSecond()),
                                random.nextInt(1_000_000_000)))
                        .limit(10_000));
        assertThat(times)
                .allSatisfy(time -> assertThat(Timestamp.read(Timestamp.format(time)))
                        .isEqualTo(time.truncatedTo(ChronoUnit.MICROS)));
    }
}
