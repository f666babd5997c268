package io.daybook.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a cloud keeps its tables and queues. One cloud at a time may hold it. */
final class DataFolder implements AutoCloseable {

    /** What tables and queues take at a first start, and more than any start takes. */
    private static final int SPACE = 1024 * 1024;

    private final Path folder;
    private final FileChannel lock;

    private DataFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    static DataFolder open(Path folder) {
        try {
            Files.createDirectories(folder);
            var channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    needSpace(folder);
                    return new DataFolder(folder, channel);
                }
            } catch (OverlappingFileLockException e) {
                // Held by another cloud of this JVM.
            }
            channel.close();
        } catch (IOException e) {
            throw new StartException("The data folder " + folder + " can't be written to.", e);
        }
        throw new StartException(
                "The data folder " + folder + " is in use by another local cloud; choose another one with --data.");
    }

    /** On a full disk the parts would fail one by one, each in words of its own. */
    private static void needSpace(Path folder) throws IOException {
        var probe = folder.resolve("space");
        try {
            Files.write(probe, new byte[SPACE]);
        } catch (IOException e) {
            throw new StartException(
                    "The disk of the data folder %s is full: free 1 MB at least, or choose another folder with --data."
                            .formatted(folder),
                    e);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    Path tables() {
        return folder.resolve("tables");
    }

    Path queues() {
        return folder.resolve("queues");
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
