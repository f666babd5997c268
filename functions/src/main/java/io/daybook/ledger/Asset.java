package io.daybook.ledger;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an account counts: a code and the number of decimal places of its unit. {@code USD/2} is counted in cents,
 * {@code POINTS/0} in whole points.
 *
 * @param code upper-case letters and digits, 1 to 17 characters
 * @param scale decimal places, 0 to 18
 */
public record Asset(String code, int scale) {
    private static final Pattern FORM = Pattern.compile("([A-Z][A-Z0-9]{0,16})(?:/([0-9]|1[0-8]))?");

    /** Reads {@code CODE/scale}, or {@code CODE} alone for scale 0; empty where the text is neither. */
    public static Optional<Asset> parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        var scale = match.group(2);
        return Optional.of(new Asset(match.group(1), scale == null ? 0 : Integer.parseInt(scale)));
    }

    /** The canonical form, always with its scale. */
    @Override
    public String toString() {
        return code + "/" + scale;
    }
}
