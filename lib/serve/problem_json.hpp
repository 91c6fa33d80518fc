#pragma once

#include "core/health.hpp"

#include <string>
#include <vector>

/// Private to the health server. Templates, since nlohmann::json stays out of headers.
namespace tunnelkeyd::serve {

template <class Json>
void put_problem(Json& into, const core::problem& found) {
    into["severity"] = core::to_string(found.severity);
    into["code"] = found.code;
    into["message"] = found.message;
    into["remedy"] = found.remedy;
}

/// One line. Bytes that are no UTF-8 become U+FFFD.
template <class Json>
std::string line_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tunnelkeyd::serve
