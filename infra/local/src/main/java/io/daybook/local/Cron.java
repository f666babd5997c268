package io.daybook.local;

import java.time.DayOfWeek;
import java.time.Month;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The six fields of EventBridge's cron: minutes, hours, day of month, month, day of week (1 is Sunday), year. Words,
 * lists, ranges and steps; {@code L}, {@code W} and {@code #} are not supported.
 */
record Cron(
        Set<Integer> minutes,
        Set<Integer> hours,
        Set<Integer> days,
        Set<Integer> months,
        Set<Integer> weekdays,
        Set<Integer> years) {

    private static final int LAST_YEAR = 2199;
    private static final Map<String, Integer> MONTHS =
            Stream.of(Month.values()).collect(Collectors.toMap(month -> shortName(month.name()), Month::getValue));
    private static final Map<String, Integer> WEEKDAYS =
            Stream.of(DayOfWeek.values()).collect(Collectors.toMap(day -> shortName(day.name()), Cron::number));

    static Cron parse(String text) {
        var fields = List.of(text.strip().split("\\s+"));
        if (fields.size() != 6 || fields.get(2).equals("?") == fields.get(4).equals("?")) {
            throw new IllegalArgumentException("cron(" + text
                    + ") must have six fields, and a question mark for the day of the month or of the week");
        }
        return new Cron(
                field(fields.get(0), 0, 59, Map.of()),
                field(fields.get(1), 0, 23, Map.of()),
                field(fields.get(2), 1, 31, Map.of()),
                field(fields.get(3), 1, 12, MONTHS),
                field(fields.get(4), 1, 7, WEEKDAYS),
                field(fields.get(5), 1970, LAST_YEAR, Map.of()));
    }

    ZonedDateTime after(ZonedDateTime time) {
        var next = time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        while (next.getYear() <= LAST_YEAR) {
            if (!years.contains(next.getYear()) || !months.contains(next.getMonthValue())) {
                next = next.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
            } else if (!days.contains(next.getDayOfMonth()) || !weekdays.contains(number(next.getDayOfWeek()))) {
                next = next.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!hours.contains(next.getHour())) {
                next = next.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minutes.contains(next.getMinute())) {
                next = next.plusMinutes(1);
            } else {
                return next;
            }
        }
        throw new IllegalArgumentException("the schedule never comes again");
    }

    private static Set<Integer> field(String text, int lowest, int highest, Map<String, Integer> names) {
        var values = new TreeSet<Integer>();
        for (var item : text.split(",", -1)) {
            var parts = item.split("/", 2);
            var range = parts[0].split("-", 2);
            boolean all = parts[0].equals("*") || parts[0].equals("?");
            int from = all ? lowest : number(range[0], lowest, highest, names);
            boolean single = range.length == 1 && parts.length == 1 && !all;
            int to = range.length == 2 ? number(range[1], lowest, highest, names) : single ? from : highest;
            int step = parts.length == 2 ? number(parts[1], 1, highest, Map.of()) : 1;
            for (int value = from; value <= to; value += step) {
                values.add(value);
            }
        }
        return values;
    }

    private static int number(String text, int lowest, int highest, Map<String, Integer> names) {
        var named = names.get(text.toUpperCase(Locale.ROOT));
        int value = named != null ? named : text.matches("\\d{1,4}") ? Integer.parseInt(text) : -1;
        if (value < lowest || value > highest) {
            throw new IllegalArgumentException("the local cloud does not understand " + text + " in a cron schedule");
        }
        return value;
    }

    private static int number(DayOfWeek day) {
        return day.getValue() % 7 + 1;
    }

    private static String shortName(String name) {
        return name.substring(0, 3);
    }
}
