package io.daybook.items;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.ledger.Amount;
import io.daybook.ledger.Event;
import io.daybook.ledger.Posting;
import io.daybook.ledger.Refusal;
import io.daybook.ledger.Terms;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class EventItemsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T08:00:00Z");

    static Stream<Refusal.Decline> declines() {
        var most = Amount.COUNTER_MAX;
        var more = most.add(BigInteger.TWO);
        return Stream.of(
                new Refusal.InsufficientFunds("alice", most.negate(), BigInteger.ONE, BigInteger.ZERO),
                new Refusal.MaximumExceeded("alice", BigInteger.TEN, BigInteger.TWO),
                new Refusal.MaximumExceeded("alice", most, more),
                new Refusal.MaximumExceeded("alice", null, more),
                new Refusal.AccountClosed("alice"));
    }

    @ParameterizedTest
    @MethodSource("declines")
    void a_decline_is_read_as_it_was_written_and_has_no_number_of_more_than_38_digits(Refusal.Decline reason) {
        var postings = List.of(new Posting("cash", "alice", BigInteger.TWO));
        var terms = new Terms("key", "fingerprint", postings, NOW, null, null, Map.of(), null);
        var declined = new Event.Declined("main", "tx_1", terms, reason, NOW);
        var item = EventItems.encode(declined);
        assertThat(EventItems.decode(item)).isEqualTo(declined);
        assertThat(item.list(Attributes.DECLINE))
                .extracting(AttributeValue::n)
                .allSatisfy(number -> assertThat(number == null ? 0 : new BigDecimal(number).precision())
                        .isLessThanOrEqualTo(38));
    }
}
