#include "cron_fixture.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace tunnelkeyd::core;
using namespace tunnelkeyd::core::testing;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;

namespace {

using generator = std::mt19937;

unsigned among(generator& chance, unsigned least, unsigned most) {
    return std::uniform_int_distribution<unsigned>(least, most)(chance);
}

/// A field, and what it allows: by how it was made, so that no code of the parser is needed to know it.
struct field {
    std::string text;
    std::set<unsigned> values;

    field(generator& chance, unsigned least, unsigned most) {
        do {
            if (!text.empty())
                text += ',';
            add(chance, least, most);
        } while (among(chance, 0, 3) == 0);
    }

    [[nodiscard]] bool is_star() const { return text.front() == '*'; }

private:
    void add(generator& chance, unsigned least, unsigned most) {
        unsigned first = least;
        unsigned last = most;
        unsigned step = 1;
        switch (among(chance, 0, 4)) {
        case 0:
            text += '*';
            break;
        case 1:
            step = among(chance, 1, most + 3);
            text += "*/" + std::to_string(step);
            break;
        case 2:
            first = last = among(chance, least, most);
            text += std::to_string(first);
            break;
        default:
            first = among(chance, least, most);
            last = among(chance, first, most);
            step = among(chance, 1, 5);
            text += std::to_string(first) + '-' + std::to_string(last) + '/' + std::to_string(step);
        }
        for (auto value = first; value <= last; value += step)
            values.insert(value);
    }
};

struct random_cron {
    field minute, hour, day, month, weekday;

    explicit random_cron(generator& chance)
        : minute(chance, 0, 59),
          hour(chance, 0, 23),
          day(chance, 1, 31),
          month(chance, 1, 12),
          weekday(chance, 0, 6) {}

    [[nodiscard]] std::string text() const {
        return minute.text + ' ' + hour.text + ' ' + day.text + ' ' + month.text + ' ' + weekday.text;
    }

    [[nodiscard]] bool has_day(std::chrono::local_days date) const {
        const std::chrono::year_month_day at{date};
        const bool by_day = day.values.contains(static_cast<unsigned>(at.day()));
        const bool by_weekday = weekday.values.contains(std::chrono::weekday(date).c_encoding());
        return month.values.contains(static_cast<unsigned>(at.month())) &&
               (day.is_star() || weekday.is_star() ? by_day && by_weekday : by_day || by_weekday);
    }

    [[nodiscard]] bool has(local_time at) const {
        const auto date = floor<days>(at);
        const auto of_day = static_cast<unsigned>(floor<minutes>(at - date).count());
        return has_day(date) && hour.values.contains(of_day / 60) && minute.values.contains(of_day % 60);
    }

    /// Day by day, and within the day minute by minute. Nothing where none comes within fifty years.
    [[nodiscard]] std::optional<local_time> next(local_time after) const {
        const auto from = floor<minutes>(after) + 1min;
        for (auto date = floor<days>(from); date < from + days(50 * 366); date += days(1))
            if (has_day(date))
                for (auto at = std::max(local_time(date), local_time(from)); at < date + days(1); at += 1min)
                    if (has(at))
                        return at;
        return std::nullopt;
    }
};

local_time random_time(generator& chance) {
    const auto first = std::chrono::local_days(std::chrono::year(2020) / 1 / 1);
    return first +
           duration(std::uniform_int_distribution<std::int64_t>(0, duration(days(4000)).count())(chance));
}

}  // namespace

TEST_CASE("random expressions: the next occurrence is the one that a search minute by minute finds") {
    generator chance(20261205);
    unsigned never = 0;
    for (unsigned i = 0; i < 1'500; ++i) {
        const random_cron reference(chance);
        const auto text = reference.text();
        const auto made = cron::parse(text);
        INFO(text);
        if (std::holds_alternative<std::string>(made)) {
            CHECK(std::get<std::string>(made) == "never comes: no such month has such a day");
            CHECK_FALSE(reference.next(random_time(chance)));
            ++never;
            continue;
        }
        const auto& expression = std::get<cron>(made);
        auto after = random_time(chance);
        for (unsigned times = 0; times < 3; ++times) {
            const auto next = expression.next(after);
            const auto expected = reference.next(after);
            REQUIRE(expected);
            CHECK(next == *expected);
            CHECK(next > after);
            CHECK(expression.matches(next));
            CHECK(reference.has(next));
            after = next;
        }
    }
    CHECK(never < 150);
}

TEST_CASE("random expressions: a minute matches by the same rule in both, whichever it is") {
    generator chance(7);
    for (unsigned i = 0; i < 2'000; ++i) {
        const random_cron reference(chance);
        const auto made = cron::parse(reference.text());
        if (std::holds_alternative<std::string>(made))
            continue;
        INFO(reference.text());
        const auto at = floor<minutes>(random_time(chance));
        bool same = true;
        for (unsigned k = 0; k < 300; ++k)
            same = same && std::get<cron>(made).matches(at + k * 631min) == reference.has(at + k * 631min);
        CHECK(same);
    }
}

TEST_CASE(
    "random expressions: a later start never gives an earlier occurrence, and none before it is skipped") {
    generator chance(11);
    for (unsigned i = 0; i < 3'000; ++i) {
        const auto made = cron::parse(random_cron(chance).text());
        if (std::holds_alternative<std::string>(made))
            continue;
        const auto& expression = std::get<cron>(made);
        const auto after = random_time(chance);
        const auto next = expression.next(after);
        INFO(expression.text());
        CHECK(expression.next(next - 1ms) == next);
        CHECK(expression.next(after + (next - after) / 2) == next);
        CHECK(expression.next(next) > next);
    }
}
