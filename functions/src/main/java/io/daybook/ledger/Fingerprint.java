package io.daybook.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** 130 bits of SHA-256 over a list of texts, as 26 characters of lower-case Crockford base32. */
public final class Fingerprint {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LENGTH = 26;

    private Fingerprint() {}

    /** Each part goes in with its length, so that no two different lists read the same. */
    public static String of(String... parts) {
        var digest = sha256();
        for (var part : parts) {
            var text = part.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
            digest.update(text);
        }
        var bytes = digest.digest();
        var characters = new char[LENGTH];
        int bits = 0;
        int left = 0;
        int read = 0;
        for (int i = 0; i < LENGTH; i++) {
            if (left < 5) {
                bits = (bits << 8) | (bytes[read++] & 0xff);
                left += 8;
            }
            left -= 5;
            characters[i] = ALPHABET.charAt((bits >> left) & 31);
        }
        return new String(characters);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
