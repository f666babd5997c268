package io.daybook.journal;

import static io.daybook.items.Attributes.*;

import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.items.Values;
import io.daybook.ledger.Account;
import io.daybook.ledger.AccountType;

/** Account heads as items, and back. */
final class Heads {
    private Heads() {}

    static Item encode(Account head) {
        var item = Keys.head(head)
                .put(LEDGER, head.ledger())
                .put(ACCOUNT, head.id())
                .put(ASSET, head.asset().toString())
                .put(ACCOUNT_TYPE, head.type().name())
                .put(MINIMUM, head.minimum())
                .put(MAXIMUM, head.maximum())
                .put(CLOSED, head.closed())
                .put(FINGERPRINT, head.opening())
                .put(BALANCES, Values.of(head.counters()))
                .put(VERSION, head.version())
                .put(DEFINITION, head.definition())
                .put(REVISION, head.revision())
                .put(RECORDED_AT, head.recordedAt());
        return head.stripes() == 1 ? item : item.put(STRIPES, head.stripes()).put(STRIPE, head.stripe());
    }

    static Account decode(Item item) {
        return new Account(
                item.text(LEDGER),
                item.text(ACCOUNT),
                EventItems.asset(item),
                AccountType.valueOf(item.text(ACCOUNT_TYPE)),
                item.has(STRIPES) ? Math.toIntExact(item.number(STRIPES)) : 1,
                item.has(STRIPE) ? Math.toIntExact(item.number(STRIPE)) : 0,
                item.numberIfAny(MINIMUM).orElse(null),
                item.numberIfAny(MAXIMUM).orElse(null),
                item.flag(CLOSED),
                item.text(FINGERPRINT),
                Values.counters(item.list(BALANCES)),
                item.number(VERSION),
                item.number(DEFINITION),
                item.number(REVISION),
                item.time(RECORDED_AT));
    }
}
