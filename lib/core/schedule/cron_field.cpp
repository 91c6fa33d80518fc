#include "core/schedule/cron_field.hpp"

#include "core/whole_number.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace tunnelkeyd::core {

namespace {

constexpr std::string_view months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr unsigned sunday_again = 7;

struct range {
    unsigned first;
    unsigned last;
};

bool is_same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// What people wrote, as far as a message has room for it.
std::string shortened(std::string_view text) {
    return std::string(text.substr(0, 40));
}

std::string quoted(std::string_view text) {
    return "\"" + shortened(text) + "\"";
}

class field_reader {
public:
    explicit field_reader(const cron_field& field) : field_(field) {}

    std::variant<std::uint64_t, std::string> read(std::string_view text) {
        std::uint64_t allowed = 0;
        for (std::size_t begin = 0; begin <= text.size() && problem_.empty();) {
            const auto end = std::min(text.find(',', begin), text.size());
            allowed |= read_item(text.substr(begin, end - begin));
            begin = end + 1;
        }
        if (!problem_.empty())
            return std::move(problem_);
        return allowed;
    }

private:
    /// `*`, a value or a range, and perhaps a step.
    std::uint64_t read_item(std::string_view item) {
        const auto slash = item.find('/');
        const auto of = item.substr(0, slash);
        const bool is_all = of == "*";
        const bool is_range = is_all || of.find('-') != std::string_view::npos;
        const auto span = is_all ? range{field_.least, std::min(field_.most, last_value())} : read_range(of);
        unsigned step = 1;
        if (slash != std::string_view::npos) {
            const auto number = whole_number<unsigned>(item.substr(slash + 1));
            if (!number || *number == 0 || *number > 1'000)
                return fail("a step is a number from 1 on: " + quoted(item));
            if (!is_range)
                return fail("a step needs a range: write " + shortened(of) + "-" +
                            std::to_string(last_value()) + "/" + std::to_string(*number) + " for " +
                            quoted(item));
            step = *number;
        }
        std::uint64_t allowed = 0;
        for (auto value = span.first; problem_.empty() && value <= span.last; value += step)
            allowed |= std::uint64_t{1} << value;
        return allowed;
    }

    range read_range(std::string_view text) {
        const auto dash = text.find('-');
        const auto first = read_value(text.substr(0, dash));
        if (dash == std::string_view::npos)
            return {first, first};
        auto last = read_value(text.substr(dash + 1));
        if (is_weekday() && last == 0 && first > 0)
            last = sunday_again;  // fri-sun
        if (problem_.empty() && first > last) {
            const auto up_to = std::to_string(field_.least) + "-" + shortened(text.substr(dash + 1));
            fail("the range " + quoted(text) + " runs backwards: write " +
                 (first > last_value() ? up_to  // 7-2, which begins on a Sunday
                                       : "two, as in " + shortened(text.substr(0, dash)) + "-" +
                                             std::to_string(last_value()) + "," + up_to));
        }
        return {first, last};
    }

    unsigned read_value(std::string_view text) {
        if (const auto number = whole_number<unsigned>(text)) {
            if (*number >= field_.least && *number <= field_.most)
                return *number;
            fail(std::to_string(*number) + " is not within " + std::to_string(field_.least) + "-" +
                 std::to_string(field_.most));
            return 0;
        }
        for (std::size_t i = 0; i < field_.words.size(); ++i)
            if (is_same_word(field_.words[i], text))
                return field_.least + static_cast<unsigned>(i);
        fail(text.empty() ? "a value is missing"
                          : quoted(text) + " is no value: use " + std::to_string(field_.least) + "-" +
                                std::to_string(field_.most) +
                                (field_.words.empty() ? ""
                                                      : " or " + std::string(field_.words.front()) + "-" +
                                                            std::string(field_.words.back())));
        return 0;
    }

    [[nodiscard]] bool is_weekday() const { return field_.most == sunday_again; }
    [[nodiscard]] unsigned last_value() const { return is_weekday() ? sunday_again - 1 : field_.most; }

    /// Only the first problem is of interest.
    std::uint64_t fail(std::string what) {
        if (problem_.empty())
            problem_ = std::string(field_.name) + ": " + std::move(what);
        return 0;
    }

    const cron_field& field_;
    std::string problem_;
};

}  // namespace

const cron_field cron_fields[5] = {
    {"minute", 0, 59, {}},
    {"hour", 0, 23, {}},
    {"day of month", 1, 31, {}},
    {"month", 1, 12, months},
    {"day of week", 0, sunday_again, weekdays},
};

std::variant<std::uint64_t, std::string> read_cron_field(const cron_field& field, std::string_view text) {
    return field_reader(field).read(text);
}

}  // namespace tunnelkeyd::core
