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
        return Keys.head(head)
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
    }

    static Account decode(Item item) {
        return new Account(
                item.text(LEDGER),
                item.text(ACCOUNT),
                EventItems.asset(item),
                AccountType.valueOf(item.text(ACCOUNT_TYPE)),
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
