package io.daybook.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

    private static final String REST = """
            Parameters:
              Level: {Type: String, Default: INFO}
              Shards: {Type: Number, Default: 4}
              Names: {Type: CommaDelimitedList, Default: "a, b,c"}
              Bare: {Type: String}
            Conditions:
              IsInfo: !Equals [!Ref Level, INFO]
              IsFour: {"Fn::Equals": [{Ref: Shards}, 4]}
              Never: !Not [!Condition IsInfo]
              Both: !And [!Condition IsInfo, {Condition: IsFour}]
              Either: !Or [!Condition Never, !Condition IsFour]
              Loop: !Not [!Condition Loop]
            Mappings:
              Sizes: {INFO: {size: 7}}
            Rules:
              Known: {Assertions: [{Assert: !Contains [[a], !Ref Level]}]}
            Resources:
              Table: {Type: AWS::DynamoDB::Table}
              Named: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub "${Level}-table"}}
              Queue: {Type: AWS::SQS::Queue}
              Fifo: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
              Gone: {Type: AWS::SQS::Queue, Condition: Never}
              Api: {Type: AWS::Serverless::HttpApi}
              Role: {Type: AWS::IAM::Role}
              It:
                Type: AWS::Test::Thing
                Properties:
            """;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            !Ref Level                                            | INFO
            {Ref: Shards}                                         | 4
            !Ref Table                                            | daybook-Table
            !Ref Named                                            | INFO-table
            !Ref Queue                                            | http://127.0.0.1:9/000000000000/daybook-Queue
            !Ref Fifo                                             | http://127.0.0.1:9/000000000000/daybook-Fifo.fifo
            !Ref Role                                             | daybook-Role
            !Ref AWS::Region                                      | eu-west-1
            !Ref AWS::StackName                                   | daybook
            !GetAtt Queue.Arn                                     | arn:aws:sqs:eu-west-1:000000000000:daybook-Queue
            !GetAtt [Table, Arn]                                  | arn:aws:dynamodb:eu-west-1:000000000000:table/daybook-Table
            {"Fn::GetAtt": [Queue, QueueName]}                    | daybook-Queue
            {"Fn::GetAtt": Api.ApiEndpoint}                       | http://127.0.0.1:8
            !Sub "${Level}/${!Level}/${Queue.QueueName}"          | INFO/${Level}/daybook-Queue
            !Sub ["${a}-${AWS::AccountId}", {a: !Ref Shards}]     | 4-000000000000
            !Sub "${AWS::Partition}.${AWS::URLSuffix}"            | aws.amazonaws.com
            !Join ["-", [x, !Ref Level, {Ref: Shards}]]           | x-INFO-4
            !Join [":", !Ref Names]                               | a:b:c
            !Select [2, !Split [/, !Ref AWS::StackId]]            | 00000000-0000-0000-0000-000000000000
            !Select ["1", !Ref Names]                             | b
            {"Fn::Select": [0, {"Fn::Split": [".", "p.q"]}]}      | p
            !If [IsInfo, !Ref Level, other]                       | INFO
            {"Fn::If": [Never, a, !If [Both, b, c]]}              | b
            !If [Either, yes please, no thanks]                   | yes please
            !FindInMap [Sizes, !Ref Level, size]                  | 7
            007                                                   | 7
            0x1F                                                  | 0x1F
            2010-09-09                                            | 2010-09-09
            """)
    void an_intrinsic_is_resolved(String expression, String expected) {
        assertThat(it("Value: " + expression).text("Value")).isEqualTo(expected);
    }

    @Test
    void no_value_is_as_if_nothing_were_written() {
        var it = it("""
                A: !Ref AWS::NoValue
                B: !If [Never, 1, !Ref AWS::NoValue]
                C: [1, !Ref AWS::NoValue, 3]
                D: {x: !Ref AWS::NoValue, y: 2}
                E: !If [Never, {k: v}, !Ref AWS::NoValue]""");
        assertThat(it.value("A")).isEmpty();
        assertThat(it.number("B", 9)).isEqualTo(9);
        assertThat(it.value("C")).get().hasToString("[1,3]");
        assertThat(it.value("D")).get().hasToString("{\"y\":2}");
        assertThat(it.section("E").keys()).isEmpty();
    }

    @Test
    void a_choice_between_mappings_is_followed() {
        assertThat(it("S: !If [IsInfo, {k: !Ref Shards}, {k: 1}]").section("S").number("k", 0))
                .isEqualTo(4);
    }

    @Test
    void a_resource_whose_condition_does_not_hold_does_not_exist() {
        assertThat(stack("X: 1").resources(Stack.QUEUE))
                .extracting(Template.Resource::logicalId)
                .containsExactly("Queue", "Fifo");
    }

    @Test
    void a_given_parameter_wins_over_its_default() {
        assertThat(it("Value: !Ref Bare").text("Value")).isEqualTo("given");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            !Ref Missing                     | there is no parameter or resource Missing
            !Ref AWS::Nonsense               | the local cloud does not understand AWS::Nonsense
            !GetAtt Missing.Arn              | there is no parameter or resource Missing
            !GetAtt Role.Arn                 | the local cloud does not know Arn of Role, a AWS::IAM::Role
            !GetAtt Queue                    | GetAtt needs a resource and an attribute, as in Queue.Arn
            !Sub "${Nope}"                   | there is no parameter or resource Nope
            !If [Unheard, 1, 2]              | there is no condition Unheard
            !If [Loop, 1, 2]                 | the condition Loop depends on itself
            !If [IsInfo, 1]                  | Fn::If needs 3 arguments
            !Select [5, !Ref Names]          | Select finds no item 5 in a list of 3
            !FindInMap [Sizes, INFO, weight] | there is no mapping Sizes.INFO.weight
            !Join [",", !Ref Level]          | a list is expected here
            [1, 2]                           | Value must be a single value
            """)
    void what_can_not_be_resolved_is_named_with_its_line(String expression, String message) {
        assertThatThrownBy(() -> it("Line: 26\nValue: " + expression).text("Value"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("(?s).*template\\.yaml:\\d+: .*\\.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!ImportValue x",
                "{\"Fn::ImportValue\": x}",
                "!Nonsense x",
                "{Deep: [{\"Fn::Cidr\": [a, b, c]}]}",
                "!Contains [[a], a]"
            })
    void an_intrinsic_that_is_not_understood_ends_the_start_wherever_it_stands(String expression) {
        int line = REST.split("\n", -1).length;
        assertThatThrownBy(() -> stack("Value: " + expression))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("template.yaml:" + line + ": the local cloud does not understand ");
    }

    @Test
    void a_key_given_twice_and_broken_yaml_are_refused_with_their_line() {
        int line = REST.split("\n", -1).length;
        assertThatThrownBy(() -> stack("A: 1\nA: 2")).hasMessageContaining("template.yaml:" + (line + 1) + ": A is");
        assertThatThrownBy(() -> stack("A: [1")).hasMessageContaining("not valid YAML");
        assertThatThrownBy(() -> Template.read(folder.resolve("none.yaml"))).hasMessageContaining("can't be read");
    }

    @Test
    void globals_lie_under_a_function_s_own_properties() throws IOException {
        var file = Files.writeString(folder.resolve("globals.yaml"), """
                Globals:
                  Function:
                    Timeout: 30
                    MemorySize: 512
                    Environment: {Variables: {A: global, B: global}}
                Resources:
                  F:
                    Type: AWS::Serverless::Function
                    Properties:
                      Timeout: 5
                      Environment: {Variables: {B: own, C: !Ref F}}
                """);
        var nowhere = URI.create("x");
        var stack = new Stack(Template.read(file), Map.of(), Services.embedded(nowhere, nowhere), nowhere);
        var properties = stack.properties(stack.resource("F"));
        assertThat(properties.number("Timeout", 3)).isEqualTo(5);
        assertThat(properties.number("MemorySize", 128)).isEqualTo(512);
        assertThat(properties.section("Environment").section("Variables").json())
                .hasToString("{\"B\":\"own\",\"C\":\"daybook-F\",\"A\":\"global\"}");
    }

    private Section it(String properties) {
        var stack = stack(properties);
        return stack.properties(stack.resource("It"));
    }

    private Stack stack(String properties) {
        try {
            var file = Files.writeString(folder.resolve("template.yaml"), REST + properties.indent(6));
            return new Stack(
                    Template.read(file),
                    Map.of("Bare", "given"),
                    Services.embedded(URI.create("http://127.0.0.1:7"), URI.create("http://127.0.0.1:9")),
                    URI.create("http://127.0.0.1:8"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
