package io.daybook.local;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.Node;

/** The template as it is deployed on this machine: the resources that exist, their names, ARNs and properties. */
final class Stack {

    static final String REGION = "eu-west-1";
    static final String ACCOUNT = "000000000000";

    static final String TABLE = "AWS::DynamoDB::Table";
    /** Of which this machine is one region, and has the one replica of it. */
    static final String GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable";

    static final String QUEUE = "AWS::SQS::Queue";
    static final String FUNCTION = "AWS::Serverless::Function";
    static final String LOG_GROUP = "AWS::Logs::LogGroup";
    static final String HTTP_API = "AWS::Serverless::HttpApi";

    private static final Map<String, String> NAME_PROPERTIES = Map.of(
            TABLE,
            "TableName",
            GLOBAL_TABLE,
            "TableName",
            QUEUE,
            "QueueName",
            FUNCTION,
            "FunctionName",
            HTTP_API,
            "Name");
    private final Template template;
    private final Intrinsics intrinsics;
    private final Services services;
    private final URI apiEndpoint;

    /**
     * Describes the stack.
     *
     * @param parameters overrides of the template's defaults
     */
    Stack(Template template, Map<String, String> parameters, Services services, URI apiEndpoint) {
        this.template = template;
        this.services = services;
        this.apiEndpoint = apiEndpoint;
        this.intrinsics = new Intrinsics(template, parameters, this);
    }

    /** The resources of one type whose condition holds. */
    List<Template.Resource> resources(String type) {
        return template.resources().stream()
                .filter(resource -> resource.type().equals(type))
                .filter(this::exists)
                .toList();
    }

    private boolean exists(Template.Resource resource) {
        return Template.child(resource.node(), "Condition")
                .map(condition -> intrinsics.holds(template.scalar(condition), condition))
                .orElse(true);
    }

    Template.Resource resource(String logicalId) {
        return template.resource(logicalId)
                .filter(this::exists)
                .orElseThrow(() -> new IllegalArgumentException("no resource " + logicalId));
    }

    /** The resource's properties, over {@code Globals} where it is a function. */
    Section properties(Template.Resource resource) {
        var own = Template.child(resource.node(), "Properties").stream().toList();
        var global = resource.type().equals(FUNCTION)
                ? template.at("Globals", "Function").stream().toList()
                : List.<Node>of();
        return Section.of(
                template,
                intrinsics,
                resource.node(),
                java.util.stream.Stream.concat(own.stream(), global.stream()).toList());
    }

    Optional<String> pseudoParameter(String name) {
        var value = switch (name) {
            case "AWS::AccountId" -> services.account();
            case "AWS::Partition" -> "aws";
            case "AWS::Region" -> services.region();
            case "AWS::StackId" ->
                arn("cloudformation", "stack/" + services.stack() + "/00000000-0000-0000-0000-000000000000");
            case "AWS::StackName" -> services.stack();
            case "AWS::URLSuffix" -> "amazonaws.com";
            default -> "";
        };
        return Optional.of(value).filter(found -> !found.isEmpty());
    }

    /** The resource's own name: what is given, or stack and logical id. */
    String name(Template.Resource resource) {
        var suffix = resource.type().equals(QUEUE) && properties(resource).flag("FifoQueue", false) ? ".fifo" : "";
        return Optional.ofNullable(NAME_PROPERTIES.get(resource.type()))
                .flatMap(property -> properties(resource).optionalText(property))
                .orElseGet(() -> services.stack() + "-" + resource.logicalId() + suffix);
    }

    /** What {@code Ref} gives. */
    String physicalId(Template.Resource resource) {
        return resource.type().equals(QUEUE)
                ? services.sqs() + "/" + services.account() + "/" + name(resource)
                : name(resource);
    }

    /** What {@code GetAtt} gives, of the resources that run here and of what functions may write to. */
    Optional<String> attribute(Template.Resource resource, String attribute) {
        var value = switch (resource.type() + " " + attribute) {
            case TABLE + " Arn", GLOBAL_TABLE + " Arn" -> services.arn("dynamodb", "table/" + name(resource));
            case QUEUE + " Arn" -> services.arn("sqs", name(resource));
            case QUEUE + " QueueName" -> name(resource);
            case QUEUE + " QueueUrl" -> physicalId(resource);
            case FUNCTION + " Arn" -> arn("lambda", "function:" + name(resource));
            case LOG_GROUP + " Arn" -> arn("logs", "log-group:" + name(resource) + ":*");
            case HTTP_API + " ApiEndpoint" -> apiEndpoint.toString();
            case HTTP_API + " ApiId" -> name(resource);
            default -> "";
        };
        return Optional.of(value).filter(found -> !found.isEmpty());
    }

    /** Of what always runs here, whatever services it is on. */
    static String arn(String service, String resource) {
        return "arn:aws:%s:%s:%s:%s".formatted(service, REGION, ACCOUNT, resource);
    }
}
