#pragma once

#include "core/health.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <vector>

/// Private to the servers. Templates, since nlohmann::json stays out of headers.
namespace tunnelkeyd::serve {

template <class Json>
Json time_as(std::optional<core::wall_time> at) {
    return at ? Json(core::to_iso8601(*at)) : Json(nullptr);
}

/// null for "".
template <class Json>
Json text_as(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

template <class Json>
void put_problem(Json& into, const core::problem& found) {
    into["severity"] = core::to_string(found.severity);
    into["code"] = found.code;
    into["message"] = found.message;
    into["remedy"] = found.remedy;
}

template <class Json>
Json problems_as(const std::vector<core::problem>& problems) {
    auto all = Json::array();
    for (const auto& each : problems) {
        auto& json = all.emplace_back(Json::object());
        put_problem(json, each);
        json["since"] = time_as<Json>(each.since);
    }
    return all;
}

/// One line. Bytes that are no UTF-8 become U+FFFD.
template <class Json>
std::string line_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tunnelkeyd::serve
