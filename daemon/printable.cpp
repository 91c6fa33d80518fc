#include "daemon/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tunnelkeyd::daemon {

/// Invalid UTF-8 is replaced; all but printable ASCII is escaped, since terminals obey more than the first 32
/// characters.
std::string printable_json(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

/// As a JSON string without the quotes around it, so that those within stay as they are.
std::string printable(std::string_view text) {
    const auto is_plain = [](char each) { return each >= ' ' && each <= '~' && each != '\\'; };
    if (std::all_of(text.begin(), text.end(), is_plain))
        return std::string(text);  // as nearly all are
    const auto escaped = printable_json(text);
    std::string plain;
    for (std::size_t i = 1; i + 1 < escaped.size(); ++i) {
        if (escaped[i] == '\\' && escaped[++i] != '"')
            plain += '\\';
        plain += escaped[i];
    }
    return plain;
}

}  // namespace tunnelkeyd::daemon
