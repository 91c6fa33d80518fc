#include "daemon/logging.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%v%$";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";

spdlog::level::level_enum spdlog_level(core::log_level level) {
    switch (level) {
    case core::log_level::trace:
        return spdlog::level::trace;
    case core::log_level::debug:
        return spdlog::level::debug;
    case core::log_level::info:
        return spdlog::level::info;
    case core::log_level::warn:
        return spdlog::level::warn;
    case core::log_level::error:
        break;
    }
    return spdlog::level::err;
}

/// Invalid UTF-8 is replaced; all but printable ASCII is escaped, since terminals obey more than the first 32
/// characters.
std::string json_string(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

std::string printable(std::string_view text) {
    auto escaped = json_string(text);
    return escaped.substr(1, escaped.size() - 2);
}

/// As log.level spells it.
std::string_view word(core::log_level level) {
    constexpr std::string_view words[] = {"trace", "debug", "info", "warn", "error"};
    return words[static_cast<std::size_t>(level)];
}

std::string as_text(std::string_view tunnel, const core::notice& event) {
    std::string line(word(event.level));
    line.append(6 - line.size(), ' ').append(event.name);
    if (!tunnel.empty())
        line.append(" tunnel=").append(tunnel);
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

class stderr_log final : public ports::log {
public:
    stderr_log(const core::log_settings& settings, bool json)
        : json_(json), logger_("tunnelkeyd", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>()) {
        logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(json ? json_pattern : text_pattern,
                                                                          spdlog::pattern_time_type::utc));
        logger_.set_level(spdlog_level(settings.level));
        logger_.set_error_handler([](const std::string&) {});  // nowhere left to say it
    }

    void write(std::string_view tunnel, const core::notice& event) override {
        const auto level = spdlog_level(event.level);
        if (logger_.should_log(level))
            logger_.log(level, json_ ? as_json(tunnel, event) : as_text(tunnel, event));
    }

private:
    bool json_;
    spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<ports::log> make_log(const core::log_settings& settings) {
    const bool json = settings.format == core::log_format::json ||
                      (settings.format == core::log_format::automatic && ::isatty(STDERR_FILENO) == 0);
    return std::make_unique<stderr_log>(settings, json);
}

}  // namespace tunnelkeyd::daemon
