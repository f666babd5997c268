package io.daybook.local;

/** The ARNs of what the local cloud runs. */
public final class Arns {
    private Arns() {}

    public static String table(String name) {
        return Stack.arn("dynamodb", "table/" + name);
    }

    public static String queue(String url) {
        return Stack.arn("sqs", url.substring(url.lastIndexOf('/') + 1));
    }
}
