package io.daybook.background;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import io.daybook.journal.Outbox;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.Telemetry;
import io.daybook.views.Paging;
import io.daybook.views.TrialBalance;
import io.daybook.views.TrialBalances;
import io.daybook.views.Views;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/**
 * Adds up every ledger and keeps its trial balance, for the ledgers that are too large to be added up within a call.
 * Triggered once a day.
 */
public final class AuditLedger implements RequestHandler<ScheduledEvent, String> {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLedger.class);
    private static final int PAGE = 100;

    private final Deployment deployment;
    private final Outbox outbox;
    private final Views views;
    private final TrialBalances trialBalances;
    private final Telemetry telemetry;

    public AuditLedger() {
        this(Deployment.ofLambda());
    }

    public AuditLedger(Deployment deployment) {
        this.deployment = deployment;
        outbox = deployment.outbox();
        views = deployment.views();
        trialBalances = deployment.trialBalances();
        telemetry = new Telemetry(deployment);
    }

    @Override
    public String handleRequest(ScheduledEvent event, Context context) {
        return telemetry.observe(context, () -> {
            int ledgers = 0;
            var after = Optional.<String>empty();
            do {
                var page = views.ledgers(new Paging(PAGE, true, after));
                page.items().forEach(this::audit);
                ledgers += page.items().size();
                after = page.next();
            } while (after.isPresent());
            return ledgers + " audited";
        });
    }

    /** A ledger that cannot be audited now must not keep the others from it. */
    private void audit(String ledger) {
        try {
            var cut = outbox.safeCut(ledger, deployment.shards().outbox(), deployment.clock());
            trialBalances.live(ledger, cut, Integer.MAX_VALUE).ifPresent(balance -> report(ledger, balance));
        } catch (RuntimeException e) {
            LOG.error("not audited", StructuredArguments.entry("ledger", ledger), e);
        }
    }

    private void report(String ledger, TrialBalance balance) {
        trialBalances.keep(ledger, balance);
        var entries = new Object[] {
            StructuredArguments.entry("ledger", ledger),
            StructuredArguments.entry("at", balance.at().toString()),
            StructuredArguments.entry("lines", balance.sums().size())
        };
        if (balance.balanced()) {
            LOG.info("audited", entries);
        } else {
            LOG.error("debits and credits differ", entries);
        }
        telemetry.measure(
                metrics -> metrics.addMetric("UnbalancedLedgers", balance.balanced() ? 0 : 1, MetricUnit.COUNT));
    }
}
