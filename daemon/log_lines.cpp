#include "daemon/log_lines.hpp"

#include "core/settings_names.hpp"

#include <nlohmann/json.hpp>

namespace tunnelkeyd::daemon {

namespace {

/// Invalid UTF-8 is replaced; all but printable ASCII is escaped, since terminals obey more than the first 32
/// characters.
std::string json_string(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

/// As log.level spells it.
std::string_view word(core::log_level level) {
    return core::word_of(level, core::log_level_words);
}

std::string subject(std::string_view tunnel, const core::notice& event) {
    std::string text(event.name);
    if (!tunnel.empty())
        text.append(" tunnel=").append(printable(tunnel));
    return text;
}

}  // namespace

std::string printable(std::string_view text) {
    const auto escaped = json_string(text);  // without the quotes around it those within stay as they are
    std::string plain;
    for (std::size_t i = 1; i + 1 < escaped.size(); ++i) {
        if (escaped[i] == '\\' && escaped[++i] != '"')
            plain += '\\';
        plain += escaped[i];
    }
    return plain;
}

std::string headline(std::string_view tunnel, const core::notice& event) {
    return subject(tunnel, event) + ": " + printable(event.message);
}

std::string as_text(std::string_view tunnel, const core::notice& event) {
    std::string line(word(event.level));
    line.append(6 - line.size(), ' ').append(subject(tunnel, event));
    for (const auto& [key, value] : event.fields)
        line.append(" ").append(key).append("=").append(printable(value));
    return line.append(": ").append(printable(event.message));
}

std::string as_json(std::string_view tunnel, const core::notice& event) {
    std::string members =
        "\"level\":\"" + std::string(word(event.level)) + "\",\"event\":" + json_string(event.name);
    if (!tunnel.empty())
        members.append(",\"tunnel\":").append(json_string(tunnel));
    for (const auto& [key, value] : event.fields)
        members.append(",").append(json_string(key)).append(":").append(json_string(value));
    return members.append(",\"message\":").append(json_string(event.message));
}

}  // namespace tunnelkeyd::daemon
