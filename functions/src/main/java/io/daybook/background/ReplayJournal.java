package io.daybook.background;

import static io.daybook.items.Deviation.Rule.READABLE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.items.Deviation;
import io.daybook.items.Item;
import io.daybook.items.TableScan;
import io.daybook.journal.JournalAudit;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.Metric;
import io.daybook.views.Projection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/**
 * Rebuilds the views from the journal, by the same projection that keeps them. Invoked by hand, with nothing or with
 *
 * <ul>
 *   <li>{@code table}, an empty table to build them in, which is there already; else they are put over what is there,
 *   <li>{@code segments}, in how many parts to read the journal.
 * </ul>
 *
 * <p>It may be run at any time and any number of times, and never deletes: what no event stands behind is found by
 * {@link AuditLedger}. An event that can't be read is named and passed over.
 */
public final class ReplayJournal extends Sweep {
    private static final String KIND = "replay";
    private static final String TABLE = "table";

    /** As DynamoDB has them. */
    private static final Pattern TABLE_NAME = Pattern.compile("[A-Za-z0-9_.-]{3,255}");

    private final TableScan journal;

    public ReplayJournal() {
        this(Deployment.ofLambda(deployment -> deployment.runs(KIND).progress("none")));
    }

    public ReplayJournal(Deployment deployment) {
        super(deployment, KIND, Metric.REPLAYED_ITEMS, Metric.REPLAY_DEVIATIONS);
        journal = deployment.journalScan();
    }

    @Override
    Set<String> options() {
        return Set.of(SEGMENTS, TABLE);
    }

    @Override
    List<ObjectNode> parts(JsonNode options) {
        var parts = segments(options, journal).toList();
        if (options.has(TABLE)) {
            var table = options.get(TABLE);
            if (!(table.isTextual() && TABLE_NAME.matcher(table.asText()).matches())) {
                throw new IllegalArgumentException(
                        "table is the name of a table: 3 to 255 of A-Z, a-z, 0-9, _, . and -.");
            }
            tryToWrite(table.asText());
            parts.forEach(part -> part.set(TABLE, table));
        }
        return parts;
    }

    /**
     * Asks for a write that changes nothing, as no item has its key. It fails otherwise where the table is not there or
     * may not be written. All parts would fail there, again and again until their messages die.
     */
    private void tryToWrite(String table) {
        try {
            deployment
                    .dynamoDb()
                    .putItem(put -> put.tableName(table)
                            .item(Item.keyed(KIND, KIND).attributes())
                            .conditionExpression("attribute_exists(pk)"));
        } catch (ConditionalCheckFailedException e) {
            // The table can be written.
        } catch (ResourceNotFoundException e) {
            throw new IllegalArgumentException("There is no table " + table + " that can be written.", e);
        }
    }

    @Override
    Page page(JsonNode part, Optional<Item> after) {
        var views = part.has(TABLE) ? deployment.viewsIn(part.get(TABLE).asText()) : deployment.views();
        var page = journal.page(part.path("segment").asInt(), part.path("of").asInt(), after);
        var events = page.items().stream().filter(JournalAudit::isEvent).toList();
        var deviations = new ArrayList<Deviation>();
        views.writePatiently(project(events, deviations));
        return new Page(events.size(), deviations, page.next());
    }

    private static List<Projection> project(List<Item> events, List<Deviation> deviations) {
        var projections = new ArrayList<Projection>();
        for (var event : events) {
            try {
                projections.add(Projection.of(event));
            } catch (RuntimeException e) {
                deviations.add(Deviation.of(READABLE, event, String.valueOf(e.getMessage())));
            }
        }
        return projections;
    }
}
