#pragma once

#include "core/schedule/cron.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

/// What a test knows to be right; throws where it is not.
namespace tunnelkeyd::tests {

inline core::cron cron_of(std::string_view text) {
    auto made = core::cron::parse(text);
    if (const auto* problem = std::get_if<std::string>(&made))
        throw std::runtime_error(std::string(text) + ": " + *problem);
    return std::get<core::cron>(std::move(made));
}

inline core::time_zone zone_of(std::string_view name) {
    const auto zone = core::time_zone::find(name);
    if (!zone)
        throw std::runtime_error("no time zone " + std::string(name));
    return *zone;
}

}  // namespace tunnelkeyd::tests
