#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace tunnelkeyd::core {

/// What one field of a cron expression may hold. Private to cron.cpp.
struct cron_field {
    std::string_view name;  ///< for messages
    unsigned least;
    unsigned most;
    std::span<const std::string_view> words;  ///< names of the values from `least` on
};

/// In their order.
extern const cron_field cron_fields[5];

/// A bit for each value that the field's text allows, or what is wrong with it, for people.
std::variant<std::uint64_t, std::string> read_cron_field(const cron_field& field, std::string_view text);

}  // namespace tunnelkeyd::core
