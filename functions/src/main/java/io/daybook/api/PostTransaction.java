package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.runtime.Deployment;

/** {@code POST /v1/ledgers/{ledger}/transactions} */
public final class PostTransaction extends ApiHandler {
    private final Journal journal;

    public PostTransaction() {
        this(Deployment.ofLambda(
                deployment -> new PostTransaction(deployment).rehearse("dryRun=true", PAYMENT), deployment -> {
                    openForRehearsal(deployment);
                    new PostTransaction(deployment).rehearse("", PAYMENT);
                }));
    }

    public PostTransaction(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    @Override
    Reply answer(Request request) {
        var dryRun = request.flag("dryRun");
        request.endParameters();
        var ledger = request.ledger();
        var key = dryRun ? "" : request.idempotencyKey();
        var body = request.body(MAX_BODY);
        var command = TransactionBody.read(body, ledger, key);
        body.end();
        if (dryRun) {
            return reply(
                    request,
                    journal.rehearse(command),
                    done -> TransactionAnswer.rehearsed(done, command).reply());
        }
        logTransaction(command.id());
        var outcome = journal.execute(command, request.correlationId());
        return reply(request, outcome, command.id(), done -> {
            if (done.written()) {
                request.wrote(done.books().transaction(command.id()).orElseThrow());
            }
            return TransactionAnswer.of(done, command).reply();
        });
    }
}
