package io.daybook.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.daybook.ledger.AccountType;
import io.daybook.ledger.Amount;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Counters;
import io.daybook.views.TrialBalance;
import java.time.Instant;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReadTrialBalanceTest {
    /** What Lambda hands back at most. */
    private static final int LAMBDA_BYTES = 6 * 1024 * 1024;

    @Test
    void one_that_is_larger_than_an_answer_may_be_is_refused_as_unavailable() {
        assertThat(ReadTrialBalance.reply("wide", ofAssets(4000), "audit")
                        .encode()
                        .toString())
                .hasSizeLessThan(LAMBDA_BYTES);
        assertThatExceptionOfType(Problem.Refused.class)
                .isThrownBy(() -> ReadTrialBalance.reply("wide", ofAssets(7000), "audit"))
                .satisfies(refused -> {
                    assertThat(refused.problem().type()).isEqualTo(ProblemType.TRIAL_BALANCE_UNAVAILABLE);
                    assertThat(refused.problem().detail())
                            .contains("so many assets")
                            .contains("3145728");
                });
    }

    private static TrialBalance ofAssets(int count) {
        var most = Amount.COUNTER_MAX;
        var sums = new TreeMap<TrialBalance.Line, Counters>();
        for (int i = 0; i < count; i++) {
            var asset = Asset.parse("ASSETNUMBER%05d/18".formatted(i)).orElseThrow();
            sums.put(new TrialBalance.Line(asset, AccountType.LIABILITY), new Counters(most, most, most, most));
        }
        return new TrialBalance(Instant.parse("2026-11-24T06:00:00Z"), sums);
    }
}
