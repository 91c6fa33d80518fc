#include "core/record.hpp"

#include <algorithm>

namespace tunnelkeyd::core {

namespace {

constexpr std::pair<reason, std::string_view> reasons[] = {
    {reason::scheduled, "scheduled"}, {reason::catch_up, "catch_up"}, {reason::first, "first"},
    {reason::manual, "manual"},       {reason::confirm, "confirm"},
};

constexpr std::pair<outcome, std::string_view> outcomes[] = {
    {outcome::installed, "installed"},
    {outcome::refused, "refused"},
    {outcome::preflight_failed, "preflight_failed"},
    {outcome::store_failed, "store_failed"},
    {outcome::manual, "manual"},
    {outcome::revealed, "revealed"},
    {outcome::discarded, "discarded"},
};

template <class T, std::size_t N>
std::string_view text_of(T value, const std::pair<T, std::string_view> (&table)[N]) {
    for (const auto& [known, text] : table)
        if (known == value)
            return text;
    return {};
}

template <class T, std::size_t N>
std::optional<T> value_of(std::string_view text, const std::pair<T, std::string_view> (&table)[N]) {
    for (const auto& [value, known] : table)
        if (known == text)
            return value;
    return std::nullopt;
}

}  // namespace

void note_success(tunnel_record& record, wall_time now) {
    const auto done = std::max(now, record.open->began_at);
    const bool asked = record.open->why == reason::manual;
    record.last_success = asked ? done : std::max(done, record.last_success.value_or(done));
}

std::string_view to_string(reason why) {
    return text_of(why, reasons);
}
std::string_view to_string(outcome how) {
    return text_of(how, outcomes);
}
std::optional<reason> parse_reason(std::string_view text) {
    return value_of(text, reasons);
}
std::optional<outcome> parse_outcome(std::string_view text) {
    return value_of(text, outcomes);
}

}  // namespace tunnelkeyd::core
