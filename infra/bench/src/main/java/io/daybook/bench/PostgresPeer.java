package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLState;

/**
 * What Daybook is compared with under load: the same calls on a plain double-entry schema in PostgreSQL, without holds,
 * reversals, history of limits or views. The rows of the accounts are locked in the order of their ids; accounts, entries
 * and the idempotency key with its answer are written by one statement, and committed.
 */
public final class PostgresPeer {
    static final String SCHEMA = """
            CREATE TABLE accounts (
              ledger text, id text, asset text NOT NULL, credit_normal boolean NOT NULL, minimum numeric,
              debits numeric NOT NULL DEFAULT 0, credits numeric NOT NULL DEFAULT 0, version bigint NOT NULL DEFAULT 0,
              PRIMARY KEY (ledger, id));
            CREATE TABLE transactions (
              id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ledger text NOT NULL, key text NOT NULL,
              request text NOT NULL, status int NOT NULL, answer text NOT NULL, recorded_at timestamptz NOT NULL,
              UNIQUE (ledger, key));
            CREATE TABLE entries (
              ledger text, account text, version bigint, key text NOT NULL, debit numeric NOT NULL, credit numeric NOT NULL,
              debits numeric NOT NULL, credits numeric NOT NULL, recorded_at timestamptz NOT NULL,
              PRIMARY KEY (ledger, account, version))""";

    private static final String LOCK = """
            SELECT id, asset, credit_normal, minimum, debits, credits, version FROM accounts
            WHERE ledger = ? AND id = ANY (?) ORDER BY id FOR UPDATE""";

    private static final String WRITE = """
            WITH placed AS (
              INSERT INTO transactions (ledger, key, request, status, answer, recorded_at)
              SELECT ?, key, request, status, answer, ? FROM unnest(?, ?, ?, ?) AS new (key, request, status, answer)
            ), heads AS (
              UPDATE accounts SET debits = new.debits, credits = new.credits, version = new.version
              FROM unnest(?, ?, ?, ?) AS new (id, debits, credits, version)
              WHERE accounts.ledger = ? AND accounts.id = new.id)
            INSERT INTO entries (ledger, account, version, key, debit, credit, debits, credits, recorded_at)
            SELECT ?, account, version, key, debit, credit, debits, credits, ?
            FROM unnest(?, ?, ?, ?, ?, ?, ?) AS new (account, version, key, debit, credit, debits, credits)""";

    private static final JsonMapper JSON = new JsonMapper();

    private final DataSource database;

    private PostgresPeer(DataSource database) {
        this.database = database;
    }

    /** Answers on a port of the loopback interface; the second argument is the database's URL. */
    public static void main(String[] args) throws IOException {
        // Else each answer on a kept connection waits 40 ms for the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var pool = new HikariConfig();
        pool.setJdbcUrl(args[1]);
        pool.setMaximumPoolSize(16);
        pool.setAutoCommit(false);
        var peer = new PostgresPeer(new HikariDataSource(pool));
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        var server = HttpServer.create(address, 1024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/ledgers/", exchange -> {
            try (exchange) {
                peer.handle(exchange);
            }
        });
        server.start();
    }

    private record Answer(int status, String body) {}

    /** A transaction on its way; {@code answer} once it is decided. */
    private static final class Post {
        final String key;
        final JsonNode body;

        @Nullable
        Answer answer;

        Post(String key, JsonNode body) {
            this.key = key;
            this.body = body;
        }
    }

    private static final class Head {
        final String id;
        final boolean creditNormal;
        final @Nullable BigDecimal minimum;
        BigDecimal debits;
        BigDecimal credits;
        long version;

        Head(
                String id,
                boolean creditNormal,
                @Nullable BigDecimal minimum,
                BigDecimal debits,
                BigDecimal credits,
                long v) {
            this.id = id;
            this.creditNormal = creditNormal;
            this.minimum = minimum;
            this.debits = debits;
            this.credits = credits;
            this.version = v;
        }

        BigDecimal posted() {
            return creditNormal ? credits.subtract(debits) : debits.subtract(credits);
        }
    }

    private record Written(
            String account,
            long version,
            String key,
            BigDecimal debit,
            BigDecimal credit,
            BigDecimal debits,
            BigDecimal credits) {}

    private void handle(HttpExchange exchange) throws IOException {
        Answer answer;
        try {
            answer = answer(exchange);
        } catch (SQLException e) {
            e.printStackTrace();
            answer = new Answer(500, "{}");
        }
        var body = answer.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private Answer answer(HttpExchange exchange) throws IOException, SQLException {
        var path = exchange.getRequestURI().getPath().split("/", -1);
        var ledger = path[3];
        var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        return switch (exchange.getRequestMethod() + " " + path[4]) {
            case "PUT accounts" -> open(ledger, path[5], body);
            case "GET accounts" -> read(ledger, path[5]);
            case "POST transactions" -> {
                var post = new Post(exchange.getRequestHeaders().getFirst("Idempotency-Key"), body);
                post(ledger, List.of(post));
                yield answered(post);
            }
            case "POST batches" -> {
                var posts = body.path("transactions")
                        .valueStream()
                        .map(item -> new Post(item.path("key").asText(), item))
                        .toList();
                post(ledger, posts);
                yield results(posts);
            }
            default -> new Answer(404, "{}");
        };
    }

    private static Answer results(List<Post> posts) throws IOException {
        var results = JSON.createObjectNode();
        var items = results.putArray("results");
        for (var post : posts) {
            var answer = answered(post);
            items.addObject()
                    .put("key", post.key)
                    .put("status", answer.status())
                    .set("transaction", JSON.readTree(answer.body()));
        }
        return new Answer(200, results.toString());
    }

    private static Answer answered(Post post) {
        if (post.answer == null) {
            throw new IllegalStateException("not decided: " + post.key);
        }
        return post.answer;
    }

    private Answer open(String ledger, String id, JsonNode body) throws SQLException {
        try (var connection = database.getConnection();
                var insert = connection.prepareStatement(
                        "INSERT INTO accounts (ledger, id, asset, credit_normal, minimum) VALUES (?, ?, ?, ?, ?)")) {
            insert.setString(1, ledger);
            insert.setString(2, id);
            insert.setString(3, body.path("asset").asText());
            insert.setBoolean(4, body.path("type").asText().matches("liability|equity|income"));
            insert.setBigDecimal(
                    5,
                    body.path("minimum").isNull()
                            ? null
                            : new BigDecimal(body.path("minimum").asText("0")));
            insert.execute();
            connection.commit();
            return new Answer(201, body.toString());
        }
    }

    private Answer read(String ledger, String id) throws SQLException {
        try (var connection = database.getConnection();
                var select = connection.prepareStatement(
                        "SELECT id, asset, credit_normal, minimum, debits, credits, version FROM accounts WHERE ledger = ? AND id = ?")) {
            select.setString(1, ledger);
            select.setString(2, id);
            try (var rows = select.executeQuery()) {
                if (!rows.next()) {
                    return new Answer(404, "{}");
                }
                var head = head(rows);
                var account = JSON.createObjectNode()
                        .put("ledger", ledger)
                        .put("id", id)
                        .put("asset", rows.getString("asset"))
                        .put("version", head.version);
                account.set("balances", balances(head));
                return new Answer(200, account.toString());
            } finally {
                connection.rollback();
            }
        }
    }

    private static Head head(ResultSet row) throws SQLException {
        return new Head(
                row.getString("id"),
                row.getBoolean("credit_normal"),
                row.getBigDecimal("minimum"),
                row.getBigDecimal("debits"),
                row.getBigDecimal("credits"),
                row.getLong("version"));
    }

    private static ObjectNode balances(Head head) {
        return JSON.createObjectNode()
                .put("posted", head.posted().toString())
                .put("debitsPosted", head.debits.toString())
                .put("creditsPosted", head.credits.toString());
    }

    /** Decides and writes them together; where a key turns out to be used, it is answered from what is stored. */
    private void post(String ledger, List<Post> posts) throws SQLException {
        try (var connection = database.getConnection()) {
            while (true) {
                try {
                    write(
                            connection,
                            ledger,
                            posts.stream().filter(post -> post.answer == null).toList());
                    connection.commit();
                    return;
                } catch (SQLException e) {
                    connection.rollback();
                    posts.forEach(post -> post.answer = null);
                    if (!PSQLState.UNIQUE_VIOLATION.getState().equals(e.getSQLState())) {
                        throw e;
                    }
                    replay(connection, ledger, posts);
                }
            }
        }
    }

    private static void replay(Connection connection, String ledger, List<Post> posts) throws SQLException {
        try (var select = connection.prepareStatement(
                "SELECT key, request, status, answer FROM transactions WHERE ledger = ? AND key = ANY (?)")) {
            select.setString(1, ledger);
            select.setArray(
                    2, texts(connection, posts.stream().map(post -> post.key).toList()));
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    for (var post : posts) {
                        if (post.key.equals(rows.getString("key"))) {
                            post.answer = rows.getString("request").equals(post.body.toString())
                                    ? new Answer(rows.getInt("status"), rows.getString("answer"))
                                    : new Answer(422, "{\"type\":\"idempotency-key-reused\"}");
                        }
                    }
                }
            }
        }
    }

    private static void write(Connection connection, String ledger, List<Post> posts) throws SQLException {
        var now = Instant.now();
        var heads = lock(connection, ledger, posts);
        var entries = new ArrayList<Written>();
        for (var post : posts) {
            post.answer = decide(post, heads, entries, now);
        }
        var decided =
                posts.stream().filter(post -> answered(post).status() != 404).toList();
        var touched = heads.values().stream()
                .filter(head ->
                        entries.stream().anyMatch(entry -> entry.account().equals(head.id)))
                .toList();
        try (var write = connection.prepareStatement(WRITE)) {
            int at = 0;
            write.setString(++at, ledger);
            write.setTimestamp(++at, Timestamp.from(now));
            write.setArray(
                    ++at,
                    texts(connection, decided.stream().map(post -> post.key).toList()));
            write.setArray(
                    ++at,
                    texts(
                            connection,
                            decided.stream().map(post -> post.body.toString()).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "int",
                            decided.stream()
                                    .map(post -> answered(post).status())
                                    .toList()));
            write.setArray(
                    ++at,
                    texts(
                            connection,
                            decided.stream().map(post -> answered(post).body()).toList()));
            write.setArray(
                    ++at,
                    texts(connection, touched.stream().map(head -> head.id).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "numeric",
                            touched.stream().map(head -> head.debits).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "numeric",
                            touched.stream().map(head -> head.credits).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "bigint",
                            touched.stream().map(head -> head.version).toList()));
            write.setString(++at, ledger);
            write.setString(++at, ledger);
            write.setTimestamp(++at, Timestamp.from(now));
            write.setArray(
                    ++at,
                    texts(connection, entries.stream().map(Written::account).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "bigint",
                            entries.stream().map(Written::version).toList()));
            write.setArray(
                    ++at, texts(connection, entries.stream().map(Written::key).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "numeric",
                            entries.stream().map(Written::debit).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "numeric",
                            entries.stream().map(Written::credit).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "numeric",
                            entries.stream().map(Written::debits).toList()));
            write.setArray(
                    ++at,
                    array(
                            connection,
                            "numeric",
                            entries.stream().map(Written::credits).toList()));
            write.executeUpdate();
        }
    }

    private static Map<String, Head> lock(Connection connection, String ledger, List<Post> posts) throws SQLException {
        var ids = new TreeSet<String>();
        posts.forEach(post -> post.body.path("postings").forEach(posting -> {
            ids.add(posting.path("debit").asText());
            ids.add(posting.path("credit").asText());
        }));
        try (var select = connection.prepareStatement(LOCK)) {
            select.setString(1, ledger);
            select.setArray(2, texts(connection, List.copyOf(ids)));
            var heads = new HashMap<String, Head>();
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    var head = head(rows);
                    heads.put(head.id, head);
                }
            }
            return heads;
        }
    }

    /** Moves the money in memory, and back where an account would fall below its minimum. */
    private static Answer decide(Post post, Map<String, Head> heads, List<Written> entries, Instant now) {
        var before = new HashMap<String, BigDecimal>();
        var moved = new HashMap<String, BigDecimal[]>();
        for (var posting : post.body.path("postings")) {
            var debit = heads.get(posting.path("debit").asText());
            var credit = heads.get(posting.path("credit").asText());
            if (debit == null || credit == null) {
                return new Answer(404, "{\"type\":\"unknown-account\"}");
            }
            var amount = new BigDecimal(posting.path("amount").asText());
            before.putIfAbsent(debit.id, debit.posted());
            before.putIfAbsent(credit.id, credit.posted());
            debit.debits = debit.debits.add(amount);
            credit.credits = credit.credits.add(amount);
            moved.computeIfAbsent(debit.id, id -> zeros())[0] = moved.get(debit.id)[0].add(amount);
            moved.computeIfAbsent(credit.id, id -> zeros())[1] = moved.get(credit.id)[1].add(amount);
        }
        for (var id : moved.keySet()) {
            var head = Objects.requireNonNull(heads.get(id));
            var posted = head.posted();
            if (head.minimum != null
                    && posted.compareTo(head.minimum) < 0
                    && posted.compareTo(Objects.requireNonNull(before.get(id))) < 0) {
                moved.forEach((account, sums) -> {
                    var undone = Objects.requireNonNull(heads.get(account));
                    undone.debits = undone.debits.subtract(sums[0]);
                    undone.credits = undone.credits.subtract(sums[1]);
                });
                return new Answer(422, "{\"type\":\"insufficient-funds\"}");
            }
        }
        var answer = JSON.createObjectNode().put("key", post.key).put("status", "posted");
        answer.set("postings", post.body.path("postings"));
        var answered = answer.putArray("entries");
        moved.forEach((account, sums) -> {
            var head = Objects.requireNonNull(heads.get(account));
            head.version++;
            entries.add(new Written(account, head.version, post.key, sums[0], sums[1], head.debits, head.credits));
            answered.addObject()
                    .put("account", account)
                    .put("version", head.version)
                    .set("balances", balances(head));
        });
        return new Answer(201, answer.put("recordedAt", now.toString()).toString());
    }

    private static BigDecimal[] zeros() {
        return new BigDecimal[] {BigDecimal.ZERO, BigDecimal.ZERO};
    }

    private static Array texts(Connection connection, List<String> values) throws SQLException {
        return array(connection, "text", values);
    }

    private static Array array(Connection connection, String type, List<?> values) throws SQLException {
        return connection.createArrayOf(type, values.toArray());
    }
}
