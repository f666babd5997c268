package io.daybook.local;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The queries of CloudWatch Logs Insights that are deployed. */
public final class SavedQueries {
    private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
    private static final Pattern ALIAS = Pattern.compile("\\bas (\\w+)");
    private static final Pattern WORD = Pattern.compile("@?[a-z_]+(?![a-z_]*\\()");
    private static final Pattern NEEDED = Pattern.compile("filter (?:ispresent\\()?(\\w+)");

    /** Of the language itself. */
    private static final Set<String> WORDS =
            Set.of("filter", "sort", "limit", "display", "stats", "by", "as", "asc", "desc");

    private SavedQueries() {}

    /** By name, as they are deployed. */
    public static Map<String, String> all() {
        var stack = observability();
        return stack.resources("AWS::Logs::QueryDefinition").stream()
                .map(stack::properties)
                .collect(Collectors.toMap(query -> query.text("Name"), query -> query.text("QueryString")));
    }

    /** The dashboard, alarms and queries, each parameter of theirs standing for itself. */
    static Stack observability() {
        var nowhere = URI.create("http://127.0.0.1:9");
        var parameters = Stream.of(
                        "Namespace",
                        "Service",
                        "ApiId",
                        "Journal",
                        "Views",
                        "Events",
                        "DeadLetters",
                        "ProjectEvents",
                        "RelayOutbox",
                        "ExpireHolds",
                        "AuditLedger",
                        "Logs",
                        "AlarmEmail")
                .collect(Collectors.toMap(name -> name, name -> "the " + name));
        return new Stack(
                Template.read(Path.of("..", "observability.yaml")),
                parameters,
                Services.embedded(nowhere, nowhere),
                nowhere);
    }

    /** What a query asks of a line of log, what it names itself left out. */
    public static Set<String> fields(String query) {
        var aliases =
                ALIAS.matcher(query).results().map(found -> found.group(1)).collect(Collectors.toSet());
        return WORD.matcher(TEXT.matcher(query).replaceAll(""))
                .results()
                .map(found -> found.group())
                .filter(word -> !WORDS.contains(word) && !aliases.contains(word))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What a line must have to be found. */
    public static Set<String> needed(String query) {
        return NEEDED.matcher(query).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }
}
