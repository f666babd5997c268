package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A PostgreSQL 15 of its own in a new folder, with the settings that it has by itself: what is committed is on the disk. */
final class Postgres implements AutoCloseable {
    private final Path programs;
    private final Path folder;
    private final int port;

    private Postgres(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /** Where its programs are, where it is installed. */
    static Optional<Path> installed() {
        return Stream.concat(
                        Stream.of(
                                "/usr/lib/postgresql/15/bin",
                                "/usr/pgsql-15/bin",
                                "/opt/homebrew/opt/postgresql@15/bin"),
                        Arrays.stream(System.getenv("PATH").split(File.pathSeparator)))
                .map(Path::of)
                .filter(programs -> Files.isExecutable(programs.resolve("initdb")))
                .findFirst();
    }

    static Postgres start(Path programs) throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var folder = Files.createTempDirectory("daybook-postgres");
        var postgres = new Postgres(programs, folder, port);
        if (isRoot()) {
            postgres.call(List.of("chown", user(), folder.toString()));
        }
        postgres.callAsUser(
                "initdb",
                "--pgdata=" + folder.resolve("data"),
                "--username=daybook",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C");
        postgres.callAsUser(
                "pg_ctl",
                "start",
                "--wait",
                "--pgdata=" + folder.resolve("data"),
                "--log=" + folder.resolve("log"),
                "--options=-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + folder);
        postgres.callAsUser(
                "psql",
                "--host=127.0.0.1",
                "--port=" + port,
                "--username=daybook",
                "--dbname=postgres",
                "--command=" + PostgresPeer.SCHEMA);
        return postgres;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** It does not run as root; its Debian package brings a user for it. */
    private static String user() throws IOException {
        return Files.readString(Path.of("/etc/passwd")).contains("postgres:") ? "postgres" : "nobody";
    }

    private void callAsUser(String program, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", user(), "--"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        call(command);
    }

    private void call(List<String> command) throws IOException {
        var output = Files.createTempFile("daybook", ".log");
        try {
            var process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (process.onExit().join().exitValue() != 0) {
                throw new IOException(String.join(" ", command) + "\n" + Files.readString(output, UTF_8));
            }
        } finally {
            Files.delete(output);
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=daybook&prepareThreshold=1";
    }

    /** Its first process; all others are children of it. */
    long pid() throws IOException {
        return Long.parseLong(
                Files.readAllLines(folder.resolve("data/postmaster.pid")).getFirst());
    }

    @Override
    public void close() throws IOException {
        callAsUser("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata=" + folder.resolve("data"));
        call(List.of("rm", "-rf", folder.toString()));
    }
}
