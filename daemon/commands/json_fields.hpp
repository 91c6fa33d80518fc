#pragma once

#include "core/time.hpp"
#include "daemon/printable.hpp"

#include <optional>
#include <stdexcept>
#include <string>

/// How commands read the daemon's JSON. Templates, since nlohmann::json stays out of headers; they throw what
/// it throws, or std::runtime_error. Every text comes out printable.
namespace tunnelkeyd::daemon {

/// "" for null.
template <class Json>
std::string text_at(const Json& json, const char* name) {
    const auto& found = json.at(name);
    return found.is_null() ? std::string() : printable(found.template get_ref<const std::string&>());
}

/// Nothing for null, or where there is no such member.
template <class Json>
std::optional<core::wall_time> time_at(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || found->is_null())
        return std::nullopt;
    const auto at = core::parse_iso8601(found->template get_ref<const std::string&>());
    if (!at)
        throw std::runtime_error(std::string(name) + " is no time");
    return at;
}

/// Reads an answer with `read(json)`; an answer that is not as it should be becomes one clear error.
template <class Json, class Read>
auto understood(const std::string& answer, Read read) {
    try {
        return read(Json::parse(answer));
    } catch (const std::exception& problem) {
        throw std::runtime_error("the daemon's answer cannot be understood (" + printable(problem.what()) +
                                 "): is it of another version? Restart it");
    }
}

}  // namespace tunnelkeyd::daemon
