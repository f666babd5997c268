package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;

/** The folder that results are kept in, beside what they were measured on. */
record Results(Path folder) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Replaces what was found the last time. */
    void write(String bench, Report report) throws IOException {
        Files.createDirectories(folder);
        var result = new LinkedHashMap<String, Object>();
        result.put("bench", bench);
        result.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        result.put("machine", Surroundings.machine());
        result.put("versions", Surroundings.versions());
        result.put("commit", Surroundings.commit());
        result.put("figures", report.figures());
        result.put("raw", report.raw());
        Files.writeString(folder.resolve(bench + ".json"), JSON.writeValueAsString(result) + "\n", UTF_8);
        report.plot().write(folder.resolve(bench + ".svg"));
    }
}
