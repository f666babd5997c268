package io.daybook.faults;

import static io.daybook.faults.DeliveredAudit.LONG;
import static io.daybook.faults.DeliveredAudit.SHORT;
import static io.daybook.faults.DeliveredAudit.found;
import static io.daybook.faults.DeliveredAudit.isTrialBalance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.background.AuditLedger;
import io.daybook.local.LocalCloud;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * A part of an audit is longer than an invocation: it goes on where it was, however its deliveries end, and comes to what
 * it would have come to in one. The queue triggers nothing here.
 */
class PartsTest {
    private static final int PAGE = 60;

    private static final AtomicReference<Instant> NOW =
            new AtomicReference<>(Instant.now().minus(Duration.ofHours(2)));
    private static LocalCloud cloud;
    private static Machine machine;
    private static Tables tables;
    private static DeliveredAudit audit;
    private static String ledger;

    /** What an audit finds in the damaged books, each of whose parts has been one page. */
    private static List<String> atOnce;

    /** What audits have found before, in pages of these sizes. */
    private static final Map<Integer, List<String>> SOUND = new HashMap<>();

    @BeforeAll
    static void live() {
        cloud = LocalCloud.start(SharedCloud.template().withoutTriggers());
        machine = Machine.in(cloud, NOW::get);
        tables = new Tables(cloud, machine.deployment.dynamoDb());
        ledger = machine.ledger("cash", "alice", "bob");
        LedgersLife.live(machine, ledger, NOW);
        LedgersLife.bulk(machine, ledger);
        machine.project(Messages.event(Messages.drain(machine.deployment.sqs(), cloud.physicalId("Events"))));
        NOW.set(Instant.now());
        audit = new DeliveredAudit(
                new AuditLedger(machine.deploymentOf(cloud, "AuditLedger")),
                machine.deployment.sqs(),
                cloud.physicalId("AuditParts"),
                NOW);
        for (int page : List.of(2, 7)) {
            machine.faults.set(pages(page));
            SOUND.put(page, audit.foundBy(LONG));
        }
        machine.faults.clear();
        damage();
        atOnce = audit.foundBy(LONG);
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    @BeforeEach
    void pages() {
        Messages.drain(machine.deployment.sqs(), cloud.physicalId("AuditParts"));
        machine.faults.forget();
        machine.faults.set(pages(PAGE));
    }

    /** Scans have pages of no more than so many items. */
    private static Faults.Fault pages(int most) {
        var dynamoDb = Machine.in(cloud).deployment.dynamoDb();
        return (request, call) -> request instanceof ScanRequest scan && scan.segment() != null
                ? dynamoDb.scan(scan.toBuilder().limit(most).build())
                : call.get();
    }

    private static Faults.Fault pagesBut(Predicate<SdkRequest> which, Faults.Fault fault) {
        var pages = pages(PAGE);
        return (request, call) -> which.test(request) ? fault.on(request, call) : pages.on(request, call);
    }

    /** Entries at some places of their account, and so of their pages, have other balances or are gone. */
    private static void damage() {
        for (int version : List.of(2, 40, 41, 59, 60, 61, 80)) {
            tables.change(
                    "Views",
                    entry(version),
                    item -> item.put(
                            "b", AttributeValue.fromL(plusOne(item.get("b").l()))));
        }
        tables.delete("Views", entry(70));
    }

    private static List<AttributeValue> plusOne(List<AttributeValue> counters) {
        var more = new ArrayList<>(counters);
        more.set(
                0,
                AttributeValue.fromN(new BigInteger(counters.getFirst().n())
                        .add(BigInteger.ONE)
                        .toString()));
        return more;
    }

    private static String entry(int version) {
        return tables.items("Views").stream()
                .map(Tables::key)
                .filter(key -> key.startsWith("e#" + ledger + "#alice ") && key.endsWith("#%012d".formatted(version)))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isPart(SdkRequest request) {
        return request instanceof PutItemRequest put
                && put.item().get("pk").s().startsWith("run#")
                && !put.item().get("sk").s().equals("000002");
    }

    private static boolean isCheckpoint(SdkRequest request) {
        return isPart(request) && ((PutItemRequest) request).item().containsKey("nx");
    }

    @Test
    void finds_nothing_in_sound_books_wherever_a_page_ends() {
        assertThat(SOUND)
                .hasSize(2)
                .allSatisfy((page, found) -> assertThat(found).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 60})
    void finds_the_same_wherever_a_page_ends(int page) {
        machine.faults.set(pages(page));
        assertThat(audit.foundBy(LONG)).isEqualTo(atOnce);
    }

    @Test
    void names_each_entry_that_does_not_follow_from_the_one_before_it() {
        assertThat(atOnce.stream().filter(found -> found.startsWith("FOLD")))
                .containsExactlyInAnyOrderElementsOf(IntStream.of(2, 3, 40, 42, 59, 62, 71, 80, 81)
                        .mapToObj(version -> "FOLD " + entry(version))
                        .toList());
    }

    @Test
    void goes_on_where_its_time_ran_out_and_reads_no_page_twice() {
        var run = audit.begin();
        int deliveries = audit.deliverAll(SHORT);
        assertThat(found(audit.tell(run))).isEqualTo(atOnce);
        var pages = machine.faults.requests(ScanRequest.class).stream()
                .map(scan -> scan.tableName() + scan.exclusiveStartKey())
                .toList();
        assertThat(pages).hasSizeGreaterThan(8).doesNotHaveDuplicates();
        // One page each, and one for the trial balance.
        assertThat(deliveries).isEqualTo(pages.size() + 1);
    }

    @Test
    void goes_on_for_as_long_as_there_is_time() {
        audit.begin();
        assertThat(audit.deliverAll(LONG)).isEqualTo(3);
    }

    @Test
    void tells_how_far_it_is_before_it_is_done() {
        var run = audit.begin();
        for (var message : List.of(audit.receive(), audit.receive(), audit.receive())) {
            audit.isDone(message.getFirst(), SHORT);
        }
        assertThat(audit.tell(run).path("parts").asInt()).isEqualTo(3);
        assertThat(audit.tell(run).path("done").asInt()).isLessThan(3);
        assertThat(audit.tell(run).path("items").asInt()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void loses_and_doubles_nothing_where_it_dies_after_having_kept_how_far_it_is(int before) {
        dies(before, Faults.answersLost(request -> true));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void loses_and_doubles_nothing_where_it_dies_before_that(int before) {
        dies(before, Faults.callsLost(request -> true));
    }

    /** What dies is delivered again when its visibility time-out is over, which is not waited for. */
    private static void dies(int before, Faults.Fault fault) {
        var left = new AtomicInteger(before);
        machine.faults.set(pagesBut(request -> isPart(request) && left.getAndDecrement() == 0, fault));
        var run = audit.begin();
        int died = 0;
        for (var messages = audit.receive(); !messages.isEmpty(); messages = audit.receive()) {
            var message = messages.getFirst();
            try {
                audit.deliver(message, LONG);
            } catch (ApiCallTimeoutException e) {
                died++;
                audit.deliver(message, LONG);
            }
        }
        assertThat(died).isEqualTo(1);
        assertThat(found(audit.tell(run))).isEqualTo(atOnce);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void comes_to_the_same_where_it_is_delivered_twice_at_once(boolean otherIsDoneFirst) {
        var other = otherMachine();
        var run = audit.begin();
        for (var messages = audit.receive(); !messages.isEmpty(); messages = audit.receive()) {
            var message = messages.getFirst();
            var kept = new AtomicInteger();
            machine.faults.set(pagesBut(
                    request -> isCheckpoint(request) && kept.incrementAndGet() == 1, (request, call) -> {
                        assertThat(other.isDone(message, otherIsDoneFirst ? LONG : SHORT))
                                .isEqualTo(otherIsDoneFirst);
                        return call.get();
                    }));
            assertThat(audit.isDone(message, LONG)).isTrue();
            audit.delete(message);
            if (!isTrialBalance(message)) {
                // It stops where the other has been done.
                assertThat(kept.get()).matches(count -> otherIsDoneFirst ? count == 1 : count > 1);
            }
        }
        assertThat(found(audit.tell(run))).isEqualTo(atOnce);
    }

    /** Its pages are others. */
    private static DeliveredAudit otherMachine() {
        var other = Machine.in(cloud, NOW::get);
        other.faults.set(pages(PAGE * 3 / 4));
        return new DeliveredAudit(
                new AuditLedger(other.deploymentOf(cloud, "AuditLedger")), audit.sqs(), audit.queue(), NOW);
    }

    @Test
    void does_nothing_where_it_is_delivered_once_more_after_its_end() {
        var run = audit.begin();
        var messages = new ArrayList<Message>();
        for (var received = audit.receive(); !received.isEmpty(); received = audit.receive()) {
            messages.addAll(received);
            audit.deliver(received.getFirst(), LONG);
        }
        var told = audit.tell(run);
        machine.faults.forget();
        assertThat(messages)
                .hasSize(3)
                .allSatisfy(message -> assertThat(audit.isDone(message, SHORT)).isTrue());
        assertThat(machine.faults.names()).doesNotContain("Scan", "PutItem");
        assertThat(audit.tell(run)).isEqualTo(told);
    }

    @Test
    void takes_a_part_for_done_that_an_earlier_release_has_done() {
        var run = audit.begin();
        for (var part : List.of("000000", "000001", "000002")) {
            tables.put(
                    "Views",
                    Map.of(
                            "pk", AttributeValue.fromS("run#audit#" + run),
                            "sk", AttributeValue.fromS(part),
                            "rd", AttributeValue.fromN("7"),
                            "dc", AttributeValue.fromN("0"),
                            "dv", AttributeValue.fromL(List.of())));
        }
        assertThat(audit.deliverAll(SHORT)).isEqualTo(3);
        assertThat(audit.tell(run).path("done").asInt()).isEqualTo(3);
        assertThat(audit.tell(run).path("items").asInt()).isEqualTo(21);
    }

    @Test
    void a_run_has_nothing_to_do_with_how_far_another_was() {
        var abandoned = audit.begin();
        for (int i = 0; i < 3; i++) {
            audit.deliver(audit.receive().getFirst(), SHORT);
        }
        var told = audit.tell(abandoned);
        Messages.drain(machine.deployment.sqs(), cloud.physicalId("AuditParts"));
        assertThat(audit.foundBy(SHORT)).isEqualTo(atOnce);
        assertThat(audit.tell(abandoned)).isEqualTo(told);
    }

    @Test
    void what_cannot_be_given_back_fails_and_so_comes_again() {
        audit.begin();
        machine.faults.set(pagesBut(Faults.named("ChangeMessageVisibility"), Faults.throwing(Faults::timeout)));
        for (var messages = audit.receive(); !messages.isEmpty(); messages = audit.receive()) {
            var message = messages.getFirst();
            if (!isTrialBalance(message)) {
                assertThatThrownBy(() -> audit.isDone(message, SHORT)).isInstanceOf(ApiCallTimeoutException.class);
            }
        }
    }
}
