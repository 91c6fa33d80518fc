#include "daemon/log_lines.hpp"

#include "core/settings_names.hpp"
#include "daemon/printable.hpp"

namespace tunnelkeyd::daemon {

namespace {

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
        "\"level\":\"" + std::string(word(event.level)) + "\",\"event\":" + printable_json(event.name);
    if (!tunnel.empty())
        members.append(",\"tunnel\":").append(printable_json(tunnel));
    for (const auto& [key, value] : event.fields)
        members.append(",").append(printable_json(key)).append(":").append(printable_json(value));
    return members.append(",\"message\":").append(printable_json(event.message));
}

}  // namespace tunnelkeyd::daemon
