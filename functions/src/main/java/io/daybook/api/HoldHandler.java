package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.Command;
import io.daybook.runtime.Deployment;

/** What settling and voiding a hold have in common: one command on one transaction, answered by it. */
abstract class HoldHandler extends ApiHandler {
    private final Journal journal;

    HoldHandler(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    /** Reads what is to happen to the hold. */
    abstract Command.OnTransaction command(Request request);

    @Override
    final Reply answer(Request request) {
        var dryRun = request.flag("dryRun");
        request.endParameters();
        var command = command(request);
        var outcome = dryRun ? journal.rehearse(command) : journal.execute(command, request.correlationId());
        return reply(request, outcome, done -> {
            var transaction = done.books().transaction(command.transaction()).orElseThrow();
            if (done.written()) {
                request.wrote(transaction);
            }
            return Reply.json(200, Json.transaction(transaction));
        });
    }
}
